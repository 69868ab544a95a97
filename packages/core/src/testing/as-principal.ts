import { ConfigurationError } from '../outcomes/errors.js'
import type { RefusalCode } from '../outcomes/operator-codes.js'
import { demandsOf } from '../resource-server/challenge.js'
import { errorOf, granted, type Outcome, refused, unavailable } from '../resource-server/outcome.js'
import { policyOf } from '../resource-server/policy-compiler.js'
import type { ResourceServer } from '../resource-server/resource-server.js'
import { checkClaims, refusalByPolicy } from '../strategy/policy-check.js'
import type { CompiledPolicy } from '../strategy/route-policy.js'
import { refusalByLogin } from '../strategy/step-up.js'
import { systemClock } from '../transport/clock.js'
import { type EvidenceSource, evidence } from '../vocabulary/evidence.js'
import type { Principal } from '../vocabulary/principal.js'
import { type AnyRequest, isRequest } from '../vocabulary/protected-request.js'
import { assertTestPrincipalsAllowed } from './test-principals-allowed.js'
import { factsOfTestPrincipal, type TestPrincipal } from './test-principal.js'

const REALM = 'api'

/**
 * A resource server for tests that do not care about tokens: it reads none, and takes every request for one of this
 * principal. Policies are checked as ever, so that a missing scope or group is a 403; whatever `maxRevocationLag` a route
 * has, there is evidence for it. It asks nobody, and watches end with `stop()` alone.
 *
 * @throws {@link ConfigurationError} where `NODE_ENV` is not `'test'` and {@link enableTestPrincipals} was not called, in
 * production always, or for a principal that cannot be.
 */
export function asPrincipal(principal: TestPrincipal): ResourceServer {
  assertTestPrincipalsAllowed()
  const facts = factsOfTestPrincipal(principal, systemClock.now())
  let closed = false

  async function decide<Claims>(policy: CompiledPolicy<Claims>): Promise<Outcome<Claims>> {
    if (closed) return unavailable('resource-server-closed')
    const refusal = refusalByIssuer(policy) ?? refusalByPolicy(policy, facts)
    if (refusal !== undefined) return refusedBy(policy, refusal)
    const check = await checkClaims(policy, facts)
    if (!check.accepted) return refusedBy(policy, check.reason)
    const now = systemClock.now()
    // One clock made the login and reads it: there is nothing to tolerate.
    const tooWeak = refusalByLogin(policy, facts, 0, now)
    if (tooWeak !== undefined) return refusedBy(policy, tooWeak)
    const { subject, clientId, scopes, groups, issuer, expiresAt } = facts
    const proof = evidence(sourceFor(policy), now, now)
    const who = { subject, clientId, scopes, groups, issuer, expiresAt, claims: check.claims, evidence: proof }
    return granted(Object.freeze(who) satisfies Principal<Claims>)
  }

  function refusalByIssuer({ issuers }: CompiledPolicy<unknown>): RefusalCode | undefined {
    return issuers.every((list) => list.includes(facts.issuer)) ? undefined : 'issuer-not-accepted'
  }

  return Object.freeze({
    policy: (policy) => policyOf([policy]),
    async authorize(request, ...policy) {
      const compiled = policyOf(policy)
      assertRequest(request)
      return decide(compiled)
    },
    async present(request) {
      assertRequest(request)
      return { credentials: 'present', authorize: async (...policy) => decide(policyOf(policy)) }
    },
    async verify(_token, ...policy) {
      const outcome = await decide(policyOf(policy))
      if (outcome.outcome === 'granted') return outcome.principal
      throw errorOf(outcome)
    },
    watch: () => ({ ended: undefined, beforeMessage: async () => undefined, stop: () => {} }),
    signOut: async () => notHere('signOut'),
    backChannelLogout: async () => notHere('backChannelLogout'),
    explain(...given) {
      const policy = policyOf(given)
      const isAdmitted = refusalByIssuer(policy) === undefined
      const explained = {
        issuers: [facts.issuer],
        tokens: 'jwt',
        sources: [sourceFor(policy)],
        liveEndpoint: undefined,
        duringOutage: 'unaffected',
      } as const
      const { name: route, maxRevocationLag, maxRevocationLagDuringOutage, acrValues, maxAge } = policy
      const told = { route, maxRevocationLag, maxRevocationLagDuringOutage, acrValues, maxAge }
      return { ...told, issuers: isAdmitted ? [explained] : [] }
    },
    ready: async () => {},
    async close() {
      closed = true
    },
  } satisfies ResourceServer)
}

function sourceFor({ maxRevocationLag }: CompiledPolicy<unknown>): EvidenceSource {
  return maxRevocationLag === 'token-lifetime' ? 'local-validation' : 'live-call'
}

function refusedBy(policy: CompiledPolicy<unknown>, reason: RefusalCode) {
  return refused(reason, demandsOf(policy, REALM))
}

function assertRequest(request: AnyRequest): void {
  if (!isRequest(request)) {
    throw new ConfigurationError('request', 'must be a web Request, or a record with method, url and headers')
  }
}

function notHere(name: string): never {
  throw new ConfigurationError(name, 'needs a token, and asPrincipal() has none; use the testkit and a real server')
}
