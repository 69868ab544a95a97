import {
  fakeAuthorizationServer,
  type FakeAuthorizationServer,
} from '../authorization-server/fake-authorization-server.js'
import { fakeCognito, type FakeCognito } from '../cognito/fake-cognito.js'
import { type Duration, milliseconds } from '../duration.js'
import type { ConformanceApp } from './app-description.js'
import { CORS, type Extras, routesFor } from './routes.js'
import { RESOURCE, SENDER_CONSTRAINTS } from './senders.js'

/** The issuers of one app, served, with what the app has to know. */
export interface Fakes {
  readonly users: FakeCognito
  readonly partners: FakeAuthorizationServer
  readonly app: ConformanceApp
  /** Moves the time of both; in milliseconds. */
  advance(by: Duration): number
  /** Has both issue with new keys, which are published when this is done. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>
  /** Ends every fault. */
  recover(): void
  close(): Promise<void>
}

const REALM = 'conformance'
const CLIENTS = ['web', 'mobile'] as const

/** Two kinds of issuer, two algorithms: what is meant for one must not pass at the other. */
export async function openFakes(extras: Extras): Promise<Fakes> {
  const [users, partners] = await Promise.all([
    fakeCognito({ clients: CLIENTS, resourceServers: { orders: ['read', 'write'] } }),
    fakeAuthorizationServer({ served: true, algorithm: 'ES256' }),
  ])
  // RSA keys may take longer on a busy machine than an app waits for a key set.
  const [{ url }] = await Promise.all([users.serve(), users.publicKeys()])
  const { clientId, clientSecret } = partners.client
  return {
    users,
    partners,
    app: {
      realm: REALM,
      issuers: [
        {
          kind: 'cognito',
          issuer: users.issuer,
          userPoolId: users.userPoolId,
          clientId: CLIENTS,
          endpoint: url,
          jwksUri: `${url}${new URL(users.jwks.url).pathname}`,
        },
        {
          kind: 'authorization-server',
          issuer: partners.issuer,
          audience: 'https://api.example',
          opaqueTokens: true,
          jwksUri: partners.jwks.url,
          introspection: { endpoint: partners.introspection.url, clientId, clientSecret },
        },
      ],
      routes: routesFor({ users: users.issuer, partners: partners.issuer }, extras),
      ...(extras.withSenders === true && { resource: RESOURCE, senderConstraints: SENDER_CONSTRAINTS }),
      cors: CORS,
      clock: { now: () => users.clock.now() },
    },
    advance(by) {
      for (const { clock } of [users, partners]) clock.advance(by)
      return milliseconds('conformance', 'advance', by)
    },
    async rotateKeys(how) {
      await Promise.all([users.rotateKeys(how), partners.rotateKeys(how)])
      await users.publicKeys()
    },
    recover() {
      for (const endpoint of [users.jwks, users.getUser, partners.jwks, partners.metadata, partners.introspection]) {
        endpoint.recover()
      }
    },
    async close() {
      await Promise.all([users.close(), partners.close()])
    },
  }
}
