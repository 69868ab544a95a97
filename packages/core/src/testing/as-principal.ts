import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import { isRefusalCode, type RefusalCode } from '../outcomes/operator-codes.js'
import { principalOf, type RequestInHand } from '../resource-server/authorization.js'
import { demandsOf } from '../resource-server/challenge.js'
import {
  type Denied,
  errorOf,
  granted,
  type Outcome,
  passed,
  refused,
  unavailable,
} from '../resource-server/outcome.js'
import { type PolicyArgument, policyOf } from '../resource-server/policy-compiler.js'
import { checkPresentOptions } from '../resource-server/present-options.js'
import { noMetadata } from '../resource-server/protected-resource-metadata.js'
import { createDecisionMaker } from '../resource-server/decision-making.js'
import {
  checkDecisionPoint,
  checkDecisions,
  explainDecisions,
  type PolicyDecisionPoint,
} from '../resource-server/policy-decision-point.js'
import type { ResourceServer } from '../resource-server/resource-server.js'
import { checkClaims, refusalByPolicy } from '../strategy/policy-check.js'
import type { ClaimsSchema, CompiledPolicy } from '../strategy/route-policy.js'
import { refusalByLogin } from '../strategy/step-up.js'
import { systemClock } from '../transport/clock.js'
import { type EvidenceSource, evidence } from '../vocabulary/evidence.js'
import { type AnyRequest, isRequest } from '../vocabulary/protected-request.js'
import { assertTestPrincipalsAllowed } from './test-principals-allowed.js'
import { factsOfTestPrincipal, type TestPrincipal } from './test-principal.js'

/** Options of {@link asPrincipal}. */
export interface AsPrincipalOptions {
  /** Decides routes with an `action`, as on the real server. Default none: such routes are refused when they are defined. */
  readonly decisionPoint?: PolicyDecisionPoint | undefined
}

const RESOURCE = { realm: 'api' }

/**
 * A resource server for tests that do not care about tokens: it reads none, and takes every request for one of this
 * principal. Policies are checked as ever, so that a missing scope or group is a 403; whatever `maxRevocationLag` a route
 * has, there is evidence for it, and what a route demands of the sender is shown. It asks nobody but the decision point, and watches end with `stop()` alone.
 *
 * @throws {@link ConfigurationError} where `NODE_ENV` is not `'test'` and {@link enableTestPrincipals} was not called, in
 * production always, or for a principal that cannot be.
 */
export function asPrincipal(principal: TestPrincipal, options: AsPrincipalOptions = {}): ResourceServer {
  assertTestPrincipalsAllowed()
  checkOptionNames('asPrincipal', options, ['decisionPoint'])
  const { decisionPoint } = options as AsPrincipalOptions
  const timeout = decisionPoint === undefined ? 0 : checkDecisionPoint('asPrincipal', decisionPoint)
  const decisionMaker =
    decisionPoint && createDecisionMaker({ decisionPoint, timeout, clock: systemClock, emit: () => {} })
  const facts = factsOfTestPrincipal(principal, systemClock.now())
  let closed = false

  function compile<Schema extends ClaimsSchema | undefined, Claims>(
    ...given: PolicyArgument<Schema, Claims>
  ): CompiledPolicy<Claims> {
    const policy = policyOf(given)
    checkDecisions(policy.decisions, decisionPoint)
    return policy
  }

  async function check<Claims>(policy: CompiledPolicy<Claims>): Promise<Denied | { readonly claims: Claims }> {
    if (closed) return unavailable('resource-server-closed')
    const refusal = refusalByIssuer(policy) ?? refusalByPolicy(policy, facts)
    if (refusal !== undefined) return refusedBy(policy, refusal)
    const checked = await checkClaims(policy, facts)
    if (!checked.accepted) return refusedBy(policy, checked.reason)
    // One clock made the login and reads it: there is nothing to tolerate.
    const tooWeak = refusalByLogin(policy, facts, 0, systemClock.now())
    return tooWeak === undefined ? checked : refusedBy(policy, tooWeak)
  }

  async function decide<Claims>(
    policy: CompiledPolicy<Claims>,
    inHand?: Omit<RequestInHand, 'sender'>,
  ): Promise<Outcome<Claims>> {
    const checked = await check(policy)
    if ('outcome' in checked) return checked
    const now = systemClock.now()
    const caller = principalOf(facts, checked.claims, evidence(sourceFor(policy), now, now))
    const { name: route, decisions } = policy
    const { request, memo } = inHand ?? {}
    const subject = { route, facts, principal: caller, accessToken: () => notHere('accessToken'), request, memo }
    const denial = await decisionMaker?.decide(decisions, subject)
    if (denial === undefined) return granted(caller)
    return isRefusalCode(denial) ? refusedBy(policy, denial) : unavailable(denial)
  }

  function refusalByIssuer({ issuers }: CompiledPolicy<unknown>): RefusalCode | undefined {
    return issuers.every((list) => list.includes(facts.issuer)) ? undefined : 'issuer-not-accepted'
  }

  return Object.freeze({
    policy: (policy) => compile(policy),
    async authorize(request, ...policy) {
      const compiled = compile(...policy)
      assertRequest(request)
      return decide(compiled, { request })
    },
    async present(request, presentOptions = {}) {
      checkPresentOptions(presentOptions)
      assertRequest(request)
      const inHand = { request, memo: new WeakMap() }
      return { credentials: 'present', authorize: async (...policy) => decide(compile(...policy), inHand) }
    },
    async presentClaims() {
      const inHand = { request: undefined, memo: new WeakMap() }
      return { credentials: 'present', authorize: async (...policy) => decide(compile(...policy), inHand) }
    },
    async precheck(request, ...policy) {
      const compiled = compile(...policy)
      assertRequest(request)
      const checked = await check(compiled)
      return 'outcome' in checked ? checked : passed
    },
    async verify(_token, ...policy) {
      const outcome = await decide(compile(...policy))
      if (outcome.outcome === 'granted') return outcome.principal
      throw errorOf(outcome)
    },
    watch: () => ({ ended: undefined, beforeMessage: async () => undefined, stop: () => {} }),
    signOut: async () => notHere('signOut'),
    backChannelLogout: async () => notHere('backChannelLogout'),
    metadata: noMetadata,
    explain(...given) {
      const policy = compile(...given)
      const isAdmitted = refusalByIssuer(policy) === undefined
      const explained = {
        issuers: [facts.issuer],
        tokens: 'jwt',
        sources: [sourceFor(policy)],
        liveEndpoints: [],
        duringOutage: 'unaffected',
      } as const
      const {
        name: route,
        maxRevocationLag,
        maxRevocationLagDuringOutage,
        heldFor,
        acrValues,
        maxAge,
        senderConstrained,
      } = policy
      const ofToken = { acrValues, maxAge, senderConstrained, confirmationMethods: [] }
      const told = { route, maxRevocationLag, maxRevocationLagDuringOutage, heldFor, ...ofToken }
      const decisions = explainDecisions(policy.decisions, decisionPoint)
      return { ...told, decisions, issuers: isAdmitted ? [explained] : [] }
    },
    async ready() {
      await decisionPoint?.ready?.()
    },
    exportKeys: () => ({ keySets: [] }),
    async close() {
      closed = true
      decisionMaker?.close()
    },
  } satisfies ResourceServer)
}

function sourceFor({ maxRevocationLag }: CompiledPolicy<unknown>): EvidenceSource {
  return maxRevocationLag === 'token-lifetime' ? 'local-validation' : 'live-call'
}

function refusedBy(policy: CompiledPolicy<unknown>, reason: RefusalCode) {
  return refused(reason, demandsOf(policy, RESOURCE))
}

function assertRequest(request: AnyRequest): void {
  if (!isRequest(request)) {
    throw new ConfigurationError('request', 'must be a web Request, or a record with method, url and headers')
  }
}

function notHere(name: string): never {
  throw new ConfigurationError(name, 'needs a token, and asPrincipal() has none; use the testkit and a real server')
}
