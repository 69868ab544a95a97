import https from 'node:https'
import type { IssuedCertificate } from '@tokenward/testkit'

/** What a request carries beside the certificate of its connection. */
interface PartnerRequest {
  readonly token?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The machine of a partner, with connections of its own. */
export interface Partner {
  /** The status with what is told, or that there was no connection. */
  ask(request?: PartnerRequest): Promise<string>
  /** Ends its connections, so that the next request opens another. */
  hangUp(): void
}

/** `identity`: what it shows; nothing where it has no certificate. */
export function partnerOf(url: string, ca: string, identity?: IssuedCertificate): Partner {
  const tls = identity === undefined ? { ca } : { ca, cert: identity.chain, key: identity.privateKey }
  const open = () => new https.Agent({ keepAlive: true, maxSockets: 1, ...tls })
  let agent = open()
  return {
    ask: async (request = {}) => {
      try {
        return await send(url, agent, request)
      } catch {
        // Which alert it was, if any, is a race between the alert and the end of the connection.
        return 'no connection'
      }
    },
    hangUp() {
      agent.destroy()
      agent = open()
    },
  }
}

function send(url: string, agent: https.Agent, { token, path = '/orders', headers = {} }: PartnerRequest) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Promise<string>((resolve, reject) => {
    const sent = https.get(`${url}${path}`, { agent, headers: { ...authorization, ...headers } }, async (response) => {
      let text = ''
      for await (const chunk of response) text += String(chunk)
      resolve(told(response.statusCode ?? 0, JSON.parse(text) as Record<string, unknown>))
    })
    sent.on('error', reject)
  })
}

/** What matters of an answer. */
function told(status: number, { orders, error, error_description: description, ...document }: Record<string, unknown>) {
  if (orders !== undefined) return `${status} orders ${String(orders)}`
  if (description !== undefined) return [status, error, `(${String(description)})`].filter(Boolean).join(' ')
  const bound = document['tls_client_certificate_bound_access_tokens']
  return `${status} tls_client_certificate_bound_access_tokens: ${String(bound)}`
}
