import type { ConformancePolicy } from '@tokenward/testkit/conformance'
import { createResourceServer, type Outcome, type ResourceServer } from '../../../src/index.js'
import { type CompiledRoute, type Decide, decideByCore, serverOptionsOf } from '../conformance-app.js'
import {
  answering,
  type BrokenAdapter,
  changingAnswers,
  claimsOf,
  configuring,
  deciding,
  grantTo,
  headerOf,
  misreading,
  withBody,
  within,
  without,
} from './broken-adapter.js'

/** Decides anew only where `nameOf` is new. */
function remembering(
  nameOf: (token: string, route: CompiledRoute) => string,
  keeps: (outcome: Outcome) => boolean = ({ outcome }) => outcome === 'granted',
): (api: ResourceServer) => Decide {
  return (api) => {
    const decide = decideByCore(api)
    const known = new Map<string, Outcome>()
    return async (request, route) => {
      const token = headerOf(request).replace(/^Bearer /, '')
      const remembered = token === '' ? undefined : known.get(nameOf(token, route))
      if (remembered !== undefined) return remembered
      const outcome = await decide(request, route)
      if (outcome !== 'anonymous' && keeps(outcome)) known.set(nameOf(token, route), outcome)
      return outcome
    }
  }
}

function bounded(change: (policy: ConformancePolicy) => ConformancePolicy) {
  return (policy: ConformancePolicy) => (policy.maxRevocationLag === undefined ? policy : change(policy))
}

const isKeySet = (url: string) => url.endsWith('jwks.json') || url.endsWith('/jwks')

/** Fetches each key set once. */
function fetchingKeysOnce(): typeof fetch {
  const known = new Map<string, string>()
  return async (input, init) => {
    const url = String(input)
    const text = known.get(url)
    if (text !== undefined) return new Response(text, { headers: { 'content-type': 'application/json' } })
    const response = await fetch(input, init)
    if (isKeySet(url) && response.ok) known.set(url, await response.clone().text())
    return response
  }
}

/** Gives up for good. */
function givingUp(): typeof fetch {
  const failed = new Set<string>()
  return async (input, init) => {
    const url = String(input)
    if (failed.has(url)) throw new TypeError('fetch failed')
    const response = await fetch(input, init)
    if (!response.ok) failed.add(url)
    return response
  }
}

/** Mistakes about how long what is known holds, and what an outage means. */
export const brokenEvidence: Readonly<Record<string, BrokenAdapter>> = {
  'never asks': misreading(
    (policy) => without(policy, 'maxRevocationLag', 'maxRevocationLagDuringOutage'),
    'live-route-asks-each-time',
    'live-route-sees-sign-out',
    'live-route-sees-revoked-jwt',
    'live-route-sees-revoked-opaque-token',
    'old-token-is-asked-about',
    'bounded-route-sees-sign-out',
    'unobtainable-evidence',
    'principal-evidence',
    'revoked-is-final',
  ),
  'always asks': misreading(
    (policy) => ({ ...policy, maxRevocationLag: '0s' }),
    'other-routes-ask-nobody',
    'young-token-is-evidence',
    'old-token-is-asked-about',
    'outage-spares-other-routes',
    'bound-ends',
  ),
  'asks for a minute at most': misreading(
    bounded(() => ({ maxRevocationLag: '30s', maxRevocationLagDuringOutage: '10m' })),
    'outage-does-not-relax',
    'live-route-asks-each-time',
    'live-route-sees-sign-out',
  ),
  'knows no bound for outages': misreading((policy) => without(policy, 'maxRevocationLagDuringOutage'), 'outage-bound'),
  'takes the bound for outages for the bound': misreading(
    ({ maxRevocationLagDuringOutage: bound, ...policy }) =>
      bound === undefined ? policy : { maxRevocationLag: bound as never },
    'throttling-is-no-outage',
    'outage-bound',
  ),
  'remembers verdicts by token': deciding(
    remembering((token) => token),
    'grant-of-one-route',
    'expiry-between-requests',
    'bound-ends',
    'live-route-sees-revoked-jwt',
  ),
  'remembers verdicts by token and route': deciding(
    remembering((token, { name }) => `${name} ${token}`),
    'expiry-between-requests',
    'bound-ends',
    'live-route-asks-each-time',
  ),
  'remembers tokens without their signatures': deciding(
    remembering((token, { name }) => `${name} ${token.slice(0, token.lastIndexOf('.'))}`),
    'refusal-is-not-remembered',
  ),
  'remembers refusals, too': deciding(
    remembering(
      (token, { name }) => `${name} ${String(claimsOf(token)['sub'])}`,
      ({ outcome }) => outcome !== 'unavailable',
    ),
    'refusal-is-not-remembered',
  ),
  'has a server for each route': within(
    (app) => {
      const servers = new Map(app.routes.map(({ name }) => [name, createResourceServer(serverOptionsOf(app))]))
      return {
        decideWith: () => (request, route) => decideByCore(servers.get(route.name) as ResourceServer)(request, route),
      }
    },
    'revoked-is-final',
    'revoked-stays-refused-in-an-outage',
  ),
  'has a server for each request': within(
    (app) => ({
      decideWith: () => async (request, route) => {
        const api = createResourceServer(serverOptionsOf(app))
        const outcome = await decideByCore(api)(request, route)
        await api.close()
        return outcome
      },
    }),
    'keys-fetched-once',
    'keys-known',
    'old-token-is-asked-about',
  ),
  'fetches keys once and never again': configuring(
    () => ({ fetch: fetchingKeysOnce() }),
    'rotation-new-key',
    'rotation-old-key',
    'rotation-withdrawn-key',
    'rotation-of-each-issuer',
  ),
  'forgets a key when there is a new one': configuring(
    () => ({
      fetch: changingAnswers((url, body) =>
        isKeySet(url) ? { keys: (body['keys'] as readonly unknown[]).slice(0, 2) } : body,
      ),
    }),
    'rotation-old-key',
  ),
  'gives up for good': configuring(() => ({ fetch: givingUp() }), 'keys-are-back', 'introspection-is-back'),
  'has a clock of its own': configuring(
    () => ({ clock: undefined }),
    'expiry-between-requests',
    'bound-ends',
    'outage-bound',
  ),
  'lets everybody in during an outage': deciding(
    (api) => {
      const decide = decideByCore(api)
      return async (request, route) => {
        const outcome = await decide(request, route)
        return outcome !== 'anonymous' && outcome.outcome === 'unavailable' ? grantTo({}) : outcome
      }
    },
    'keys-fail',
    'introspection-fails',
    'liveness-fails',
    'throttling-is-no-outage',
    'outage-does-not-relax',
    'optional-outage',
  ),
  'takes an outage for inactivity': answering(
    503,
    (response) => withBody(response, { error: 'invalid_token' }, 401),
    'introspection-throttles',
    'introspection-rejects-the-api',
    'keys-forbidden',
  ),
}
