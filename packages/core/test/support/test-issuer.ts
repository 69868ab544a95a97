import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import {
  type AuthorizationServerOptions,
  authorizationServer,
  createResourceServer,
  type ResourceServer,
  type ResourceServerOptions,
  type TokenwardEvent,
} from '../../src/index.js'
import { json, type LoopbackServer, loopbackServer } from './loopback-server.js'
import { type ManualClock, manualClock } from './manual-clock.js'
import { issue, signer, type Signer, type TokenParts } from './signing.js'

/** An authorization server of the test's own: a key set on a loopback port, and tokens that fit. */
export interface TestIssuer {
  readonly key: Signer
  readonly jwks: LoopbackServer
  readonly clock: ManualClock
  readonly options: AuthorizationServerOptions
  /** Claims of a valid token, changed as told. A claim of value `undefined` is left out. */
  claims(changed?: Record<string, unknown>): Record<string, unknown>
  /** A token, valid unless changed. */
  token(changed?: Record<string, unknown>, header?: TokenParts['header'], key?: Signer): string
}

let made = 0

/** RSA keys are slow to make; issuers share one unless a test brings its own, each under a name of its own. */
const shared = new Map<string, Signer>()

function sharedKey(alg: string): Signer {
  const key = shared.get(alg) ?? signer(alg)
  shared.set(alg, key)
  const kid = randomUUID()
  return { ...key, kid, jwk: { ...key.jwk, kid } }
}

export async function testIssuer({
  alg = 'RS256',
  key = sharedKey(alg),
}: { alg?: string; key?: Signer } = {}): Promise<TestIssuer> {
  const issuer = `https://issuer-${++made}.example`
  const clock = manualClock()
  const jwks = await loopbackServer(json({ keys: [key.jwk] }))
  const claims: TestIssuer['claims'] = (changed = {}) => {
    const now = Math.floor(clock.now() / 1_000)
    const all = {
      iss: issuer,
      sub: 'subject',
      aud: 'orders-api',
      client_id: 'client',
      iat: now,
      exp: now + 600,
      ...changed,
    }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  }
  return {
    key,
    jwks,
    clock,
    options: { issuer, audience: 'orders-api', jwks: jwks.url, allowInsecureLoopback: true },
    claims,
    token: (changed, header = {}, signedBy = key) => issue(signedBy, { header, payload: claims(changed) }),
  }
}

/** A resource server for one or more test issuers, closed after the test, with what it reported. */
export function serverFor(
  issuers: TestIssuer | readonly TestIssuer[],
  changed: Partial<AuthorizationServerOptions> = {},
  options: Partial<ResourceServerOptions> = {},
): { readonly api: ResourceServer; readonly events: TokenwardEvent[] } {
  const list = 'key' in issuers ? [issuers] : issuers
  const [first, ...others] = list.map((issuer) =>
    authorizationServer({ ...issuer.options, ...changed } as AuthorizationServerOptions),
  )
  if (first === undefined) throw new Error('at least one issuer')
  const events: TokenwardEvent[] = []
  const api = createResourceServer({
    issuers: [first, ...others],
    clock: (list[0] as TestIssuer).clock,
    onEvent: (event) => events.push(event),
    ...options,
  })
  onTestFinished(() => api.close())
  return { api, events }
}

export function withToken(
  token: string,
  more: { readonly url?: string; readonly headers?: Record<string, string> } = {},
) {
  return { method: 'GET', url: more.url ?? '/orders', headers: { ...more.headers, authorization: `Bearer ${token}` } }
}

/** A request without credentials. */
export const anonymous = { method: 'GET', url: '/orders', headers: {} }
