import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  certificateBound,
  type CertificateSource,
  connectionCertificate,
  type PolicyInput,
  type ProtectedRequest,
  type ResourceServer,
} from '../../src/index.js'
import { fromAwsEvent } from '../../src/requests/aws.js'
import { fromNodeRequest } from '../../src/requests/node.js'
import { headerValues } from '../../src/vocabulary/protected-request.js'
import { certificateForms } from '../support/certificate-forms.js'
import { partner, stranger } from '../support/client-certificates.js'
import { serverFor, testIssuer } from '../support/test-issuer.js'

/** What the API says to a request that comes over a real connection, from that address. */
async function answerTo(
  api: ResourceServer,
  token: string,
  { headers, from }: { readonly headers: Record<string, string | string[]>; readonly from: string },
): Promise<string> {
  const server = createServer(async (incoming, response) => {
    const outcome = await api.authorize(fromNodeRequest(incoming), { senderConstrained: 'required' })
    response.end(outcome.outcome === 'granted' ? 'granted' : outcome.reason)
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const sent = { host: '127.0.0.1', port, localAddress: from, agent: false as const }
    send({ ...sent, headers: { authorization: `Bearer ${token}`, ...headers } }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(text)
    })
      .on('error', reject)
      .end()
  })
}

async function boundApi(certificate: CertificateSource) {
  const issuer = await testIssuer()
  const { api } = serverFor(issuer, {}, { senderConstraints: [certificateBound({ certificate })] })
  return { api, token: issuer.token({ cnf: partner.cnf }) }
}

describe.each(certificateForms)('the header $name', ({ source, headers }) => {
  const secretHeader = { name: 'x-proxy-secret', value: 'a-secret-of-thirty-two-characters' }

  it('is read where it comes from the address of the proxy', async () => {
    const { api, token } = await boundApi(source({ addresses: ['127.0.0.2'] }))
    const ask = (client: typeof partner, from: string) => answerTo(api, token, { headers: headers(client), from })
    expect(await ask(partner, '127.0.0.2')).toBe('granted')
    expect(await ask(stranger, '127.0.0.2')).toBe('certificate-mismatch')
    expect(await answerTo(api, token, { headers: {}, from: '127.0.0.2' })).toBe('certificate-missing')
  })

  it('is ignored where it comes from anywhere else, whatever else the client sends', async () => {
    const { api, token } = await boundApi(source({ addresses: ['127.0.0.2'] }))
    const spoofed = { ...headers(partner), 'X-Forwarded-For': '127.0.0.2', Forwarded: 'for=127.0.0.2' }
    for (const from of ['127.0.0.1', '127.0.0.3']) {
      expect(await answerTo(api, token, { headers: spoofed, from })).toBe('certificate-missing')
    }
  })

  it('is read where it comes with the secret of the proxy, and ignored without', async () => {
    const { api, token } = await boundApi(source({ secretHeader }))
    const ask = (more: Record<string, string>) =>
      answerTo(api, token, { headers: { ...headers(partner), ...more }, from: '127.0.0.1' })
    expect(await ask({ 'X-Proxy-Secret': secretHeader.value })).toBe('granted')
    for (const more of [{}, { 'X-Proxy-Secret': 'another-secret-of-the-same-length' }]) {
      expect(await ask(more as Record<string, string>)).toBe('certificate-missing')
    }
  })

  it('is not there for the functions of a policy where it does not come from the proxy', async () => {
    const issuer = await testIssuer()
    const seen: string[] = []
    const decisionPoint = { decide: async () => ({ decision: 'permit' }) as const }
    const certificate = source({ addresses: ['127.0.0.2'] })
    const senderConstraints = [certificateBound({ certificate })]
    const { api } = serverFor(issuer, {}, { senderConstraints, decisionPoint })
    const action = ({ request }: PolicyInput) => {
      seen.push(
        Object.keys(headers(partner))
          .filter((name) => request && headerValues(request, name.toLowerCase()).length > 0)
          .join(),
      )
      return 'read'
    }
    for (const remoteAddress of ['127.0.0.2', '127.0.0.3']) {
      const sent = { ...headers(partner), authorization: `Bearer ${issuer.token()}` }
      await api.authorize({ method: 'GET', url: '/', headers: sent, remoteAddress }, { action })
    }
    expect(seen).toStrictEqual([Object.keys(headers(partner)).join(), ''])
  })

  it('is refused where there are two of it: one would be the client’s own', async () => {
    const { api, token } = await boundApi(source({ addresses: ['127.0.0.2'] }))
    const twice = Object.fromEntries(Object.entries(headers(partner)).map(([name, value]) => [name, [value, value]]))
    expect(await answerTo(api, token, { headers: twice, from: '127.0.0.2' })).toBe('certificate-malformed')
  })

  it('is refused where it was changed on its way', async () => {
    const { api, token } = await boundApi(source({ addresses: ['127.0.0.2'] }))
    const [[name, value] = ['', '']] = Object.entries(headers(partner))
    for (const changed of [value.slice(0, -40), value.replace(/[A-Za-z]{8}/, 'AAAAAAAA').slice(1), 'x']) {
      const answer = await answerTo(api, token, {
        headers: { ...headers(partner), [name]: changed },
        from: '127.0.0.2',
      })
      expect(answer).toMatch(/^certificate-(?:malformed|mismatch|not-verified)$/)
    }
  })
})

describe('a header of another form', () => {
  it('is ignored, also from the proxy', async () => {
    for (const { source } of certificateForms) {
      const { api, token } = await boundApi(source({ addresses: ['127.0.0.2'] }))
      const own = certificateForms.find((form) => form.source === source)
      const others = certificateForms.filter((form) => form !== own).map(({ headers }) => headers(partner))
      const headers = Object.assign({}, ...others) as Record<string, string>
      expect(await answerTo(api, token, { headers, from: '127.0.0.2' })).toBe('certificate-missing')
    }
  })
})

describe('an API that takes the certificate of the connection', () => {
  type Shown = { readonly certificate?: string; readonly headers: Record<string, string> }
  const clientCertOf = (certificate: string | undefined) =>
    certificate === undefined ? null : { clientCertPem: certificate }

  it.each<[string, (shown: Shown) => ProtectedRequest, boolean?]>([
    [
      'of a server of Node',
      ({ certificate, headers }) => ({
        method: 'GET',
        url: '/orders',
        headers,
        remoteAddress: '127.0.0.1',
        clientCertificate: certificate === undefined ? undefined : { pem: certificate, verified: true },
      }),
    ],
    [
      'of an HTTP API (format 2.0)',
      ({ certificate, headers }) =>
        fromAwsEvent({
          version: '2.0',
          rawPath: '/orders',
          rawQueryString: '',
          headers,
          requestContext: { http: { method: 'GET' }, authentication: { clientCert: clientCertOf(certificate) } },
        }),
    ],
    [
      'of a REST API',
      ({ certificate, headers }) =>
        fromAwsEvent({
          httpMethod: 'GET',
          path: '/orders',
          headers,
          requestContext: { identity: { clientCert: clientCertOf(certificate) } },
        }),
    ],
    ['of a load balancer, which tells of it in headers alone', ({ headers }) => albEvent(headers), false],
  ])('%s ignores what headers say of another', async (_, request, hasOwn = true) => {
    const { api, token } = await boundApi(connectionCertificate())
    const spoofed = Object.assign({}, ...certificateForms.map((form) => form.headers(partner))) as object
    const ask = async (certificate: string | undefined) => {
      const headers = { authorization: `Bearer ${token}`, ...spoofed }
      const shown = { ...(certificate !== undefined && { certificate }), headers }
      const outcome = await api.authorize(request(shown), { senderConstrained: 'required' })
      return outcome.outcome === 'granted' ? 'granted' : outcome.reason
    }
    expect(await ask(undefined)).toBe('certificate-missing')
    expect(await ask(stranger.certificate)).toBe(hasOwn ? 'certificate-mismatch' : 'certificate-missing')
  })
})

function albEvent(headers: Record<string, string>): ProtectedRequest {
  return fromAwsEvent({ httpMethod: 'GET', path: '/orders', headers, requestContext: { elb: {} } })
}
