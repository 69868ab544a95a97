import type { ConnectedIssuer, IssuerRegistry } from '../issuers/issuer-registry.js'
import type { TrustedIssuer } from '../issuers/trusted-issuer.js'
import type { OperatorCode } from '../outcomes/operator-codes.js'
import type { IssuerStrategy } from '../strategy/issuer-strategy.js'
import { type ClaimsCheck, checkClaims, refusalByPolicy } from '../strategy/policy-check.js'
import type { CompiledPolicy } from '../strategy/route-policy.js'
import { refusalByLogin } from '../strategy/step-up.js'
import { isExpired, isTooOld } from '../tokens/claim-expectations.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { Clock, Instant } from '../transport/clock.js'
import type { Evidence } from '../vocabulary/evidence.js'
import type { Principal } from '../vocabulary/principal.js'
import type { Authentication } from './authentication.js'

/** What a policy came to for one token: a principal, or why there is none. */
export interface Authorization<Claims> {
  readonly issuer: string | undefined
  /** What is known of the token, whatever the result. */
  readonly facts: TokenFacts | undefined
  readonly result: Principal<Claims> | OperatorCode
}

interface AuthorizerParts {
  readonly issuers: IssuerRegistry
  readonly strategyOf: (trusted: TrustedIssuer) => IssuerStrategy
  readonly clock: Clock
  readonly isClosed: () => boolean
}

/** Decides policies: what costs nothing first, evidence last, and what may have changed meanwhile once more. */
export function createAuthorizer({ issuers, strategyOf, clock, isClosed }: AuthorizerParts) {
  /** What may have changed since the facts were gathered. */
  function ended({ issuer, expiresAt, notBefore, issuedAt }: TokenFacts): OperatorCode | undefined {
    if (isClosed()) return 'resource-server-closed'
    const { definition } = issuers.select(issuer) as ConnectedIssuer
    const { clockTolerance } = definition
    const now = clock.now()
    if (notBefore !== undefined && !(notBefore <= now + clockTolerance)) return 'token-not-yet-valid'
    if (isExpired(expiresAt, clockTolerance, now)) return 'token-expired'
    return isTooOld(issuedAt, definition, now) ? 'token-too-old' : undefined
  }

  /** Of the login, which grows older like the token. */
  function refusalOfLogin(policy: CompiledPolicy<unknown>, facts: TokenFacts): OperatorCode | undefined {
    if (policy.maxAge === undefined && policy.acrValues.length === 0) return undefined
    const { clockTolerance } = (issuers.select(facts.issuer) as ConnectedIssuer).definition
    return refusalByLogin(policy, facts, clockTolerance, clock.now())
  }

  /** The rules that facts alone can break. They run on every request, whatever is remembered. */
  function refusalByFacts(policy: CompiledPolicy<unknown>, facts: TokenFacts): OperatorCode | undefined {
    const endedBefore = ended(facts)
    if (endedBefore !== undefined) return endedBefore
    if (!issuers.isAmong(facts.issuer, policy.issuers)) return 'issuer-not-accepted'
    return refusalByPolicy(policy, facts)
  }

  async function decide<Claims>(
    authentication: Exclude<Authentication, { kind: 'failed' }>,
    trusted: TrustedIssuer,
    policy: CompiledPolicy<Claims>,
    arrival: Instant,
  ): Promise<{ readonly facts: TokenFacts | undefined; readonly result: Principal<Claims> | OperatorCode }> {
    const strategy = strategyOf(trusted)
    const { token, key } = authentication
    const validated = authentication.kind === 'validated' ? authentication.facts : undefined
    const not = (reason: OperatorCode, facts = validated) => ({ facts, result: reason })

    if (isClosed()) return not('resource-server-closed')
    // Nearly every step answers at once, and waiting for one would cost more than it does.
    const known = strategy.isRevoked(key, validated)
    if (known instanceof Promise ? await known : known) return not('token-revoked')
    let checked: { readonly of: TokenFacts['claims']; readonly claims: Claims } | undefined
    /** Runs the schema once: an answer that narrows a JWT leaves its claims as they are. */
    function refusalBy(facts: TokenFacts): OperatorCode | undefined | Promise<OperatorCode | undefined> {
      const refusal = refusalByFacts(policy, facts)
      if (refusal !== undefined || checked?.of === facts.claims) return refusal
      const check = checkClaims(policy, facts)
      return check instanceof Promise ? check.then((landed) => note(facts, landed)) : note(facts, check)
    }

    function note(facts: TokenFacts, check: ClaimsCheck<Claims>): OperatorCode | undefined {
      if (!check.accepted) return check.reason
      checked = { of: facts.claims, claims: check.claims }
      return refusalOfLogin(policy, facts)
    }

    const first = validated && refusalBy(validated)
    const refusalAtFirst = first instanceof Promise ? await first : first
    if (refusalAtFirst !== undefined) return not(refusalAtFirst)
    const { maxRevocationLag, maxRevocationLagDuringOutage } = policy
    const question = { token, key, facts: validated, arrival, maxRevocationLag, maxRevocationLagDuringOutage }
    const decision = strategy.decide(question)
    const gathered = decision instanceof Promise ? await decision : decision
    if (gathered.decision !== 'evidence') return not(isClosed() ? 'resource-server-closed' : gathered.reason)
    const { facts, evidence } = gathered
    const last = facts === validated ? undefined : refusalBy(facts)
    const refusal = last instanceof Promise ? await last : last
    if (refusal !== undefined || checked === undefined) return not(refusal ?? 'claims-schema-failed', facts)
    const { claims } = checked
    const hasRunThrough = !(known instanceof Promise || decision instanceof Promise) && policy.claims === undefined
    // Nothing else ran since it was looked up first, so that it cannot have changed.
    if (hasRunThrough && facts === validated) return { facts, result: principalOf(facts, claims, evidence) }
    // A schema, or an answer, may take its time.
    const granted = strategy.unlessRevoked(key, facts, () => {
      return ended(facts) ?? refusalOfLogin(policy, facts) ?? principalOf(facts, claims, evidence)
    })
    return { facts, result: (granted instanceof Promise ? await granted : granted) ?? 'token-revoked' }
  }

  return async function authorize<Claims>(
    authentication: Authentication,
    policy: CompiledPolicy<Claims>,
    arrival: Instant,
  ): Promise<Authorization<Claims>> {
    if (authentication.kind === 'failed') {
      return { issuer: authentication.issuer, facts: undefined, result: authentication.reason }
    }
    const trusted =
      authentication.kind === 'validated'
        ? issuers.select(authentication.facts.issuer)?.trusted
        : issuers.ofOpaqueTokens(policy.issuers)[0]
    if (trusted === undefined) return { issuer: undefined, facts: undefined, result: 'issuer-not-accepted' }
    const { facts, result } = await decide(authentication, trusted, policy, arrival)
    return { issuer: facts?.issuer ?? trusted.issuers[0], facts, result }
  }
}

/** Nothing is wrong with the token; what is known of it is too old, or cannot be had now. */
export function lacksEvidence({ result }: Authorization<unknown>): boolean {
  if (typeof result !== 'string') return false
  return result === 'revocation-lag-exceeded' || result === 'evidence-unobtainable' || result === 'live-check-failed'
}

function principalOf<Claims>(facts: TokenFacts, claims: Claims, evidence: Evidence): Principal<Claims> {
  const { subject, clientId, scopes, groups, issuer, expiresAt } = facts
  return Object.freeze({ subject, clientId, scopes, groups, issuer, expiresAt, claims, evidence })
}
