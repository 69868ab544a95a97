import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { dpopKey, type DpopKey, type DpopProofRequest, type IssuedCertificate } from '@tokenward/testkit'
import * as oauth from 'oauth4webapi'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  authorizationServer,
  certificateBound,
  type CertificateBoundOptions,
  clientSecretBasic,
  createResourceServer,
  dpop,
  type DpopOptions,
  type RoutePolicy,
} from '../../src/index.js'
import { fromNodeRequest } from '../../src/requests/node.js'
import { authority, partner, stranger } from '../support/client-certificates.js'
import { API } from '../support/oidc-provider.js'
import {
  INTROSPECTING,
  sendOverTls,
  serverOptions,
  tlsOidcProvider,
  type TlsOidcProvider,
  type TlsResponse,
} from '../support/tls-oidc-provider.js'
import { trustAuthority } from '../support/tls-server.js'

interface Sent {
  readonly client?: IssuedCertificate | undefined
  readonly scheme?: 'Bearer' | 'DPoP'
  readonly proof?: string | undefined
}

/** An API over TLS in front of a real authorization server, both of which see the certificates of their clients. */
async function protectedApi(
  format: 'jwt' | 'opaque',
  {
    policy = {},
    certificates = {},
    proofs = {},
  }: {
    readonly policy?: RoutePolicy
    readonly certificates?: CertificateBoundOptions
    readonly proofs?: Partial<DpopOptions>
  } = {},
) {
  trustAuthority(authority)
  const provider = await tlsOidcProvider(authority, format)
  const server = https.createServer(await serverOptions(authority))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const reasons: string[] = []
  const api = createResourceServer({
    issuers: [
      authorizationServer({
        issuer: provider.issuer,
        audience: API,
        opaqueTokens: true,
        introspection: { clientAuthentication: clientSecretBasic(INTROSPECTING.clientId, INTROSPECTING.clientSecret) },
        timeout: '10s',
      }),
    ],
    senderConstraints: [certificateBound(certificates), dpop({ publicUrl: url, ...proofs })],
    onEvent: (event) => event.type === 'request-refused' && reasons.push(event.reason),
  })
  onTestFinished(() => api.close())
  const compiled = api.policy(policy)
  server.on('request', async (request, response) => {
    const outcome = await api.authorize(fromNodeRequest(request), compiled)
    if (outcome.outcome === 'granted') {
      response.writeHead(200, outcome.headers).end(outcome.principal.clientId)
    } else {
      response.writeHead(outcome.status, { ...outcome.headers, 'content-type': 'application/json' })
      response.end(JSON.stringify(outcome.body))
    }
  })

  /** What the API answers to a GET: 200, or why not, with the error that the client is told. */
  async function ask(token: string, { client, scheme = 'Bearer', proof }: Sent): Promise<string> {
    const headers = { authorization: `${scheme} ${token}`, ...(proof !== undefined && { dpop: proof }) }
    const answer: TlsResponse = await sendOverTls(`${url}/orders`, { ca: authority.certificate, client, headers })
    if (answer.status === 200) return `200 ${answer.body}`
    const { error } = JSON.parse(answer.body) as { readonly error?: string }
    expect(answer.headers['www-authenticate']).toMatch(/^(?:Bearer|DPoP) realm="api", error="/)
    return `${answer.status} ${error}: ${reasons.at(-1)}`
  }
  return { provider, url, ask }
}

/** Both kinds of tokens: one says what it is bound to, of the other the server tells. */
describe.each(['jwt', 'opaque'] as const)('a token of oidc-provider (%s) that is bound to a certificate', (format) => {
  it('is accepted over TLS with that certificate, and with no other', async () => {
    const { provider, ask } = await protectedApi(format, { policy: { senderConstrained: 'required' } })
    const token = await provider.certificateBound(partner)
    expect(await ask(token, { client: partner })).toBe('200 partner')
    expect(await ask(token, { client: stranger })).toBe('401 invalid_token: certificate-mismatch')
    expect(await ask(token, {})).toBe('401 invalid_token: certificate-missing')
    const ofStranger = await provider.certificateBound(stranger)
    expect(await ask(ofStranger, { client: partner })).toBe('401 invalid_token: certificate-mismatch')
    expect(await ask(ofStranger, { client: stranger })).toBe('200 partner')
  })

  it('is refused over a certificate that has ended, or that nobody vouches for, even its own', async () => {
    const { provider, ask } = await protectedApi(format)
    for (const client of [await authority.forged.expired(), await authority.forged.selfSigned()]) {
      expect(await ask(await provider.certificateBound(client), { client })).toBe(
        '401 invalid_token: certificate-not-verified',
      )
    }
  })

  it('is refused as DPoP, whatever proof comes with it', async () => {
    const { provider, ask, url } = await protectedApi(format)
    const token = await provider.certificateBound(partner)
    const key = await dpopKey()
    const proof = await key.proof({ method: 'GET', url: `${url}/orders`, accessToken: token })
    expect(await ask(token, { client: partner, scheme: 'DPoP', proof })).toBe('401 invalid_token: dpop-token-not-bound')
  })
})

describe.each(['jwt', 'opaque'] as const)('a token of oidc-provider (%s) that is bound to a key', (format) => {
  async function keyBound(key: DpopKey) {
    const { provider, ask, url } = await protectedApi(format, { policy: { senderConstrained: 'required' } })
    const token = await provider.keyBound(key)
    const prove = (by: DpopKey, changed = {}) =>
      by.proof({ method: 'GET', url: `${url}/orders`, accessToken: token, ...changed })
    return { provider: provider as TlsOidcProvider, token, ask, prove }
  }

  it('is accepted with a proof of that key, once, and with no other', async () => {
    const [key, thief] = [await dpopKey(), await dpopKey()]
    const { token, ask, prove, provider } = await keyBound(key)
    const proof = await prove(key)
    expect(await ask(token, { scheme: 'DPoP', proof })).toBe('200 app')
    expect(await ask(token, { scheme: 'DPoP', proof })).toBe('401 invalid_dpop_proof: dpop-proof-replayed')
    expect(await ask(token, { scheme: 'DPoP', proof: await prove(thief) })).toBe('401 invalid_token: dpop-key-mismatch')
    expect(await ask(token, { scheme: 'DPoP' })).toBe('401 invalid_dpop_proof: dpop-proof-missing')
    const other = await provider.keyBound(key)
    expect(await ask(other, { scheme: 'DPoP', proof: await prove(key) })).toBe(
      '401 invalid_dpop_proof: dpop-token-mismatch',
    )
  })

  it('is refused as Bearer, and with a proof that is too old', async () => {
    const key = await dpopKey()
    const { token, ask, prove } = await keyBound(key)
    expect(await ask(token, { proof: await prove(key) })).toBe('401 invalid_token: dpop-token-as-bearer')
    expect(await ask(token, {})).toBe('401 invalid_token: dpop-token-as-bearer')
    const old = await prove(key, { claims: { iat: Math.floor(Date.now() / 1_000) - 120 } })
    expect(await ask(token, { scheme: 'DPoP', proof: old })).toBe('401 invalid_dpop_proof: dpop-proof-too-old')
  })
})

describe('a token of oidc-provider that is bound to nothing', () => {
  it('is accepted where that is not demanded, and refused where it is', async () => {
    const loose = await protectedApi('jwt')
    expect(await loose.ask(await loose.provider.unbound(), { client: partner })).toBe('200 plain')
    const strict = await protectedApi('jwt', { policy: { senderConstrained: 'required' } })
    expect(await strict.ask(await strict.provider.unbound(), { client: partner })).toBe(
      '401 invalid_token: sender-constraint-missing',
    )
  })

  it('is accepted over the certificate that its client is pinned to, and over no other', async () => {
    const pinnedClients = [{ clientId: 'plain', certificates: [{ thumbprint: partner.thumbprint }] }]
    const { provider, ask } = await protectedApi('jwt', {
      policy: { senderConstrained: 'required' },
      certificates: { pinnedClients },
    })
    const token = await provider.unbound()
    expect(await ask(token, { client: partner })).toBe('200 plain')
    expect(await ask(token, { client: stranger })).toBe('401 invalid_token: certificate-not-pinned')
    expect(await ask(token, {})).toBe('401 invalid_token: certificate-missing')
  })
})

describe('a client of another make', () => {
  it('learns the nonce from the challenge, and gets in with its second request', async () => {
    const { provider, url } = await protectedApi('jwt', {
      policy: { senderConstrained: 'required' },
      proofs: { nonce: { secret: 'a-secret-of-thirty-two-characters' } },
    })
    const keys = await oauth.generateKeyPair('ES256')
    const handle = oauth.DPoP({}, keys)
    const proof = (request: DpopProofRequest) => proofOf(keys, request)
    const token = await provider.keyBound({ ...(await dpopKey()), proof })
    const statuses: number[] = []
    const send = async (target: string, { headers }: { readonly headers: Record<string, string> }) => {
      const { status, headers: received, body } = await sendOverTls(target, { ca: authority.certificate, headers })
      statuses.push(status)
      return new Response(body, { status, headers: received as Record<string, string> })
    }
    const ask = () =>
      oauth.protectedResourceRequest(token, 'GET', new URL(`${url}/orders`), undefined, null, {
        DPoP: handle,
        [oauth.customFetch]: send as never,
      })
    await expect(ask()).rejects.toMatchObject({ status: 401 })
    expect((await ask()).status).toBe(200)
    expect(statuses).toStrictEqual([401, 200])
  })
})

/** What the other library sends with a request, for the one that gets the token. */
async function proofOf(keys: oauth.CryptoKeyPair, { method, url }: DpopProofRequest): Promise<string> {
  let proof = ''
  const catchProof = async (_: string, { headers }: { readonly headers: Record<string, string> }) => {
    proof = headers['dpop'] as string
    return new Response()
  }
  const options = { DPoP: oauth.DPoP({}, keys), [oauth.customFetch]: catchProof as never }
  await oauth.protectedResourceRequest('none', method, new URL(url), undefined, null, options)
  return proof
}
