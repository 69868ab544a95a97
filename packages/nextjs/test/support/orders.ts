import { fakeCognito } from '@tokenward/testkit'
import { onTestFinished } from 'vitest'
import {
  cognitoUserPool,
  createNextAuth,
  createResourceServer,
  inMemoryRevocationList,
  type NextAuthOptions,
  type TokenwardEvent,
} from '../../src/index.js'

/** A pool, a resource server that trusts it, and the functions under test. */
export async function orders(options: NextAuthOptions = {}) {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })
  const events: TokenwardEvent[] = []
  const api = createResourceServer({
    issuers: [cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })],
    realm: 'orders',
    revocationList: inMemoryRevocationList(),
    fetch: pool.fetch,
    clock: pool.clock,
    onEvent: (event) => events.push(event),
  })
  onTestFinished(() => api.close())
  return { pool, api, events, auth: createNextAuth(api, options) }
}

/** What a browser says of a request to a page of the same host, and of one that another site has it send. */
export const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3000' }
export const CROSS_SITE = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }
