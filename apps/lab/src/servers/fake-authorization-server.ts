import { authorizationServer, clientSecretBasic } from '@tokenward/core'
import { fakeAuthorizationServer } from '@tokenward/testkit'
import { LONG_LIFETIME, type Upstream } from './upstream.ts'

const AUDIENCE = 'https://orders.example.com'

/** The testkit's authorization server with opaque tokens: quick to start, for the short form. */
export async function fakeServer(): Promise<Upstream> {
  const server = await fakeAuthorizationServer({ served: true, audience: AUDIENCE })
  const { clientId, clientSecret } = server.client
  const asked = [server.jwks, server.metadata, server.introspection]
  return {
    issuer: authorizationServer({
      issuer: server.issuer,
      audience: AUDIENCE,
      opaqueTokens: true,
      introspection: { clientAuthentication: clientSecretBasic(clientId, clientSecret) },
      clockTolerance: '0s',
      allowInsecureLoopback: true,
    }),
    get calls() {
      return asked.reduce((sum, { hits }) => sum + hits, 0)
    },
    issue: (lifetime = LONG_LIFETIME) => server.opaqueToken({ expiresIn: lifetime * 1_000 }),
    revoke: (token) => server.revoke(token),
    async goDown() {
      for (const endpoint of asked) endpoint.drop()
    },
    async comeBack() {
      for (const endpoint of asked) endpoint.recover()
    },
    close: () => server.close(),
  }
}
