import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpClient } from '#http-client'
import { authorizationServer } from '../../src/index.js'
import type { IntrospectionOptions } from '../../src/issuers/introspection-options.js'
import { definitionOf } from '../../src/issuers/trusted-issuer.js'
import type { TokenwardEvent } from '../../src/outcomes/events.js'
import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretPost,
  privateKeyJwt,
  tlsClientAuth,
} from '../../src/transport/client-authentication.js'
import { readInstant, systemClock } from '../../src/transport/clock.js'
import { json, type LoopbackServer, loopbackServer, pathsAskedFor } from '../support/loopback-server.js'
import { API, type OidcProvider, oidcProvider } from '../support/oidc-provider.js'
import { signer } from '../support/signing.js'

/** Introspection as a server would ask, at an authorization server that is not ours. */
function introspectionAt(
  { issuer }: Pick<OidcProvider, 'issuer'>,
  introspection: IntrospectionOptions,
  audience: string | null = API,
) {
  const events: TokenwardEvent[] = []
  const http = createHttpClient()
  onTestFinished(() => http.close())
  const trusted = authorizationServer({
    issuer,
    audience,
    opaqueTokens: true,
    introspection,
    allowInsecureLoopback: true,
  })
  const context = { http, clock: systemClock, emit: (event: TokenwardEvent) => void events.push(event) }
  const check = definitionOf(trusted, 'test').connectLive?.(context)
  if (check === undefined) throw new Error('there is introspection')
  const ask = (token: string) =>
    check.ask({ token, facts: undefined, credible: false, sentAt: readInstant(systemClock) })
  return { ask, events }
}

const ES256 = signer('ES256')
const privateKey = { ...ES256.privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: ES256.kid }
/** What each method needs to be registered as. */
const methods: [ClientAuthentication, object][] = [
  [clientSecretBasic('api', 'a secret: +%'), { client_secret: 'a secret: +%' }],
  [clientSecretPost('api', 'a secret: +%'), { client_secret: 'a secret: +%' }],
  [privateKeyJwt({ clientId: 'api', privateKey }), { jwks: { keys: [ES256.jwk] } }],
]

describe.each(
  methods.map(([authentication, registered]) => [authentication.method, authentication, registered] as const),
)('%s, at oidc-provider', (method, clientAuthentication, registered) => {
  const api = { client_id: 'api', token_endpoint_auth_method: method as never, ...registered }

  it('learns of an opaque token, and of its revocation', async () => {
    const provider = await oidcProvider(api)
    const { ask, events } = introspectionAt(provider, { clientAuthentication })
    const token = await provider.clientToken('orders/read')
    expect(await ask(token)).toMatchObject({
      active: true,
      facts: {
        issuer: provider.issuer,
        subject: 'web',
        clientId: 'web',
        scopes: ['orders/read'],
        claims: { aud: API, token_type: 'Bearer' },
      },
    })
    await provider.revoke(token)
    expect(await ask(token)).toStrictEqual({ active: false })
    expect(await ask('made-up')).toStrictEqual({ active: false })
    expect(events).toStrictEqual([])
  })
})

describe('introspection at oidc-provider', () => {
  const registered = { client_id: 'api', client_secret: 'secret', introspection_signed_response_alg: 'RS256' as const }
  const clientAuthentication = clientSecretBasic('api', 'secret')

  it('learns who the user is', async () => {
    const provider = await oidcProvider(registered)
    const { accessToken } = await provider.userTokens('ada')
    expect(await introspectionAt(provider, { clientAuthentication }).ask(accessToken)).toMatchObject({
      facts: { subject: 'ada', clientId: 'web', scopes: ['orders/read', 'orders/write'] },
    })
  })

  it('refuses a token for another API', async () => {
    const provider = await oidcProvider(registered)
    const { ask } = introspectionAt(provider, { clientAuthentication }, 'https://pay.example.com')
    expect(await ask(await provider.clientToken())).toStrictEqual({ active: true, facts: 'audience-not-accepted' })
  })

  it('refuses a refresh token, which is active, too', async () => {
    const provider = await oidcProvider(registered)
    const { refreshToken } = await provider.userTokens('ada')
    expect(await introspectionAt(provider, { clientAuthentication }).ask(refreshToken)).toStrictEqual({
      active: true,
      facts: 'audience-not-accepted',
    })
  })

  it('reports credentials that are not accepted', async () => {
    const provider = await oidcProvider(registered)
    for (const wrong of [clientSecretBasic('api', 'wrong'), clientSecretBasic('nobody', 'secret')]) {
      const { ask, events } = introspectionAt(provider, { clientAuthentication: wrong })
      await expect(ask('made-up')).rejects.toMatchObject({ code: 'client-rejected' })
      expect(events).toMatchObject([{ type: 'client-credentials-rejected', issuer: provider.issuer }])
    }
  })

  it('takes signed answers (RFC 9701)', async () => {
    const provider = await oidcProvider(registered)
    const { ask } = introspectionAt(provider, { clientAuthentication, signedResponses: true })
    const token = await provider.clientToken('orders/read')
    expect(await ask(token)).toMatchObject({ active: true, facts: { scopes: ['orders/read'], claims: { aud: API } } })
    await provider.revoke(token)
    expect(await ask(token)).toStrictEqual({ active: false })
  })

  it('takes signed answers for nobody else', async () => {
    const provider = await oidcProvider(registered)
    const { ask } = introspectionAt(provider, { clientAuthentication, signedResponses: { audience: 'other' } })
    await expect(ask('made-up')).rejects.toThrow('The signed answer is for another client')
  })

  it('is unavailable when nobody is there', async () => {
    const provider = await oidcProvider(registered)
    const { ask } = introspectionAt(provider, { clientAuthentication })
    await ask('made-up')
    await provider.close()
    await expect(ask('made-up')).rejects.toMatchObject({ code: 'connection-failed' })
  })
})

describe('the endpoint', () => {
  const metadataOf = (url: string) => ({
    issuer: url,
    introspection_endpoint: `${url}/introspect`,
    mtls_endpoint_aliases: { introspection_endpoint: `${url}/mtls` },
  })

  it.each([
    [clientSecretBasic('api', 'secret'), '/introspect'],
    [tlsClientAuth({ clientId: 'api' }), '/mtls'],
  ])('is another for a client that presents a certificate: $method', async (clientAuthentication, path) => {
    const server: LoopbackServer = await loopbackServer((request, response) => {
      const isMetadata = request.url?.startsWith('/.well-known/') === true
      return json(isMetadata ? metadataOf(server.url) : { active: false })(request, response)
    })
    const { ask } = introspectionAt({ issuer: server.url }, { clientAuthentication })
    expect(await ask('a-token')).toStrictEqual({ active: false })
    expect(pathsAskedFor(server).at(-1)).toBe(path)
  })
})
