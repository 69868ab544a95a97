import type { ConnectedIssuer, IssuerRegistry } from '../issuers/issuer-registry.js'
import type { TrustedIssuer } from '../issuers/trusted-issuer.js'
import { ConfigurationError } from '../outcomes/errors.js'
import type { OperatorCode } from '../outcomes/operator-codes.js'
import type { PresentedSender } from '../sender-constraints/sender-checks.js'
import { canBeHeld, lagsWhenDecided } from '../strategy/held-decision.js'
import type { IssuerStrategy } from '../strategy/issuer-strategy.js'
import { type ClaimsCheck, checkClaims, refusalByPolicy } from '../strategy/policy-check.js'
import type { CompiledPolicy } from '../strategy/route-policy.js'
import { refusalByLogin } from '../strategy/step-up.js'
import { isExpired, isTooOld } from '../tokens/claim-expectations.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { type Clock, elapsedSince, type Instant, readInstant } from '../transport/clock.js'
import { type Evidence, laterEvidence } from '../vocabulary/evidence.js'
import type { Principal } from '../vocabulary/principal.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'
import type { Authenticated, Authentication } from './authentication.js'
import type { DecisionMaker, DecisionMemo } from './decision-making.js'

/** What a policy came to for one token: a principal, or why there is none. */
export interface Authorization<Claims> {
  readonly issuer: string | undefined
  /** What is known of the token, whatever the result. */
  readonly facts: TokenFacts | undefined
  readonly result: Principal<Claims> | OperatorCode
}

/** The same before any evidence: why the request may not enter, or nothing yet. */
export interface Precheck {
  readonly issuer: string | undefined
  readonly facts: TokenFacts | undefined
  readonly result: OperatorCode | undefined
}

interface AuthorizerParts {
  readonly issuers: IssuerRegistry
  readonly strategyOf: (trusted: TrustedIssuer) => IssuerStrategy
  readonly clock: Clock
  readonly isClosed: () => boolean
  readonly decisionMaker?: DecisionMaker | undefined
}

/** What a decision may need of the request beside its token. */
export interface RequestInHand {
  readonly request: AnyRequest | undefined
  readonly sender: PresentedSender
  /** Shared by all policies on one presented request. */
  readonly memo?: DecisionMemo | undefined
}

/** Decides policies: what costs nothing first, evidence last, and what may have changed meanwhile once more. */
export function createAuthorizer({ issuers, strategyOf, clock, isClosed, decisionMaker }: AuthorizerParts) {
  /** What may have changed since the facts were gathered, or will have while the decision is held. */
  function ended(
    { issuer, expiresAt, notBefore, issuedAt }: TokenFacts,
    { heldFor }: CompiledPolicy<unknown>,
  ): OperatorCode | undefined {
    if (isClosed()) return 'resource-server-closed'
    const { definition } = issuers.select(issuer) as ConnectedIssuer
    const { clockTolerance } = definition
    const now = clock.now()
    if (notBefore !== undefined && !(notBefore <= now + clockTolerance)) return 'token-not-yet-valid'
    if (isExpired(expiresAt, clockTolerance, now)) return 'token-expired'
    if (heldFor > 0 && isExpired(expiresAt, 0, now + heldFor)) return 'token-ends-too-soon'
    return isTooOld(issuedAt, definition, now + heldFor) ? 'token-too-old' : undefined
  }

  /** Of the login, which grows older like the token. */
  function refusalOfLogin(policy: CompiledPolicy<unknown>, facts: TokenFacts): OperatorCode | undefined {
    if (policy.maxAge === undefined && policy.acrValues.length === 0) return undefined
    const { clockTolerance } = (issuers.select(facts.issuer) as ConnectedIssuer).definition
    const { acrValues, heldFor } = policy
    const maxAge = policy.maxAge === undefined ? undefined : policy.maxAge - heldFor
    return refusalByLogin({ acrValues, maxAge }, facts, clockTolerance, clock.now())
  }

  /** The rules that facts alone can break. They run on every request, whatever is remembered. */
  function refusalByFacts(policy: CompiledPolicy<unknown>, facts: TokenFacts): OperatorCode | undefined {
    const endedBefore = ended(facts, policy)
    if (endedBefore !== undefined) return endedBefore
    if (!issuers.isAmong(facts.issuer, policy.issuers)) return 'issuer-not-accepted'
    // The answer is repeated to whoever sends the token, and nobody then looks at the sender.
    if (policy.heldFor > 0 && facts.confirmation !== undefined) return 'sender-constraint-unchecked'
    return refusalByPolicy(policy, facts)
  }

  /** Holds the facts of one token to one policy. The schema runs once: an answer that narrows a JWT leaves its claims. */
  function createFactsCheck<Claims>(policy: CompiledPolicy<Claims>) {
    let checked: { readonly of: TokenFacts['claims']; readonly claims: Claims } | undefined

    function note(facts: TokenFacts, check: ClaimsCheck<Claims>): OperatorCode | undefined {
      if (!check.accepted) return check.reason
      checked = { of: facts.claims, claims: check.claims }
      return refusalOfLogin(policy, facts)
    }

    return {
      refusalBy(facts: TokenFacts): OperatorCode | undefined | Promise<OperatorCode | undefined> {
        const refusal = refusalByFacts(policy, facts)
        if (refusal !== undefined || checked?.of === facts.claims) return refusal
        const check = checkClaims(policy, facts)
        return check instanceof Promise ? check.then((landed) => note(facts, landed)) : note(facts, check)
      },
      accepted: () => checked,
    }
  }

  /**
   * At once where nothing has to be waited for: the token is validated, the policy has neither schema nor decisions, and
   * evidence is at hand. Nothing else runs meanwhile, so that nothing has to be looked up twice.
   */
  function decide<Claims>(
    authentication: Authenticated,
    trusted: TrustedIssuer,
    policy: CompiledPolicy<Claims>,
    arrival: Instant,
    inHand: RequestInHand,
  ): Decision<Claims> | Promise<Decision<Claims>> {
    const inSteps = (begun: Begun = {}) => decideInSteps(authentication, trusted, policy, arrival, inHand, begun)
    const mayWait = policy.claims !== undefined || policy.decisions.length > 0
    if (authentication.kind === 'opaque' || mayWait || isClosed()) return inSteps()
    const strategy = strategyOf(trusted)
    const { token, key, facts } = authentication
    const shown = inHand.sender.compare(facts, policy.senderConstrained)
    if (shown instanceof Promise) return inSteps({ shown })
    if (shown !== undefined) return { facts, result: shown }
    const known = strategy.isRevoked(key, facts)
    if (known instanceof Promise) return inSteps({ known })
    const refusal = known ? 'token-revoked' : (refusalByFacts(policy, facts) ?? refusalOfLogin(policy, facts))
    if (refusal !== undefined) return { facts, result: refusal }
    // Whatever it costs is done once: to ask again is to be told the same.
    const spent = inHand.sender.spend(facts)
    if (spent instanceof Promise) return inSteps({ known })
    if (spent !== undefined) return { facts, result: spent }
    const { maxRevocationLag, maxRevocationLagDuringOutage } = lagsWhenDecided(policy)
    const decision = strategy.decide({ token, key, facts, arrival, maxRevocationLag, maxRevocationLagDuringOutage })
    if (decision instanceof Promise) return inSteps({ known, decision })
    if (decision.decision !== 'evidence') return { facts, result: decision.reason }
    // Without a schema the claims have their default type, which is then what `Claims` is.
    return { facts, result: principalOf(facts, facts.claims as Claims, decision.evidence) }
  }

  async function decideInSteps<Claims>(
    authentication: Authenticated,
    trusted: TrustedIssuer,
    policy: CompiledPolicy<Claims>,
    arrival: Instant,
    inHand: RequestInHand,
    begun: Begun,
  ): Promise<Decision<Claims>> {
    const strategy = strategyOf(trusted)
    const { token, key } = authentication
    const validated = authentication.kind === 'validated' ? authentication.facts : undefined
    const not = (reason: OperatorCode, facts = validated) => ({ facts, result: reason })

    if (isClosed()) return not('resource-server-closed')
    const { sender } = inHand
    const comparing =
      begun.shown ?? (validated === undefined ? sender.refusal() : sender.compare(validated, policy.senderConstrained))
    const unshown = comparing instanceof Promise ? await comparing : comparing
    if (unshown !== undefined) return not(unshown)
    // Nearly every step answers at once, and waiting for one would cost more than it does.
    const known = begun.known ?? strategy.isRevoked(key, validated)
    if (known instanceof Promise ? await known : known) return not('token-revoked')
    const { refusalBy, accepted } = createFactsCheck(policy)
    const first = validated && refusalBy(validated)
    const refusalAtFirst = first instanceof Promise ? await first : first
    if (refusalAtFirst !== undefined) return not(refusalAtFirst)
    // Nothing is remembered for tokens that are refused anyway, and nobody is asked about a proof that has served.
    const spending = validated && sender.spend(validated)
    const spent = spending instanceof Promise ? await spending : spending
    if (spent !== undefined) return not(spent)
    const { maxRevocationLag, maxRevocationLagDuringOutage } = lagsWhenDecided(policy)
    const question = { token, key, facts: validated, arrival, maxRevocationLag, maxRevocationLagDuringOutage }
    const decision = begun.decision ?? strategy.decide(question)
    const gathered = decision instanceof Promise ? await decision : decision
    if (gathered.decision !== 'evidence') return not(isClosed() ? 'resource-server-closed' : gathered.reason)
    const { facts, evidence } = gathered
    const refusal = facts === validated ? undefined : await refusalByAnswer(facts, policy, sender, refusalBy)
    const checked = accepted()
    if (refusal !== undefined || checked === undefined) return not(refusal ?? 'claims-schema-failed', facts)
    const { claims } = checked
    const demands = policy.decisions
    const decidedFrom = demands.length === 0 ? undefined : readInstant(clock)
    if (decidedFrom !== undefined) {
      const { name: route } = policy
      const principal = principalOf(facts, claims, evidence)
      const subject = {
        route,
        facts,
        principal,
        accessToken: () => token ?? notHere(),
        request: inHand.request,
        memo: inHand.memo,
      }
      const denial =
        decisionMaker === undefined ? 'decision-misconfigured' : await decisionMaker.decide(demands, subject)
      if (denial !== undefined) return not(isClosed() ? 'resource-server-closed' : denial, facts)
    }
    // A schema, an answer or a decision may take its time.
    const granted = strategy.unlessRevoked(key, facts, () => {
      const proof = decidedFrom === undefined ? evidence : aged(evidence, decidedFrom)
      const refusalAtLast = ended(facts, policy) ?? refusalOfLogin(policy, facts)
      if (refusalAtLast !== undefined) return refusalAtLast
      return canBeHeld(policy, proof, clock.now()) ? principalOf(facts, claims, proof) : 'decided-too-late'
    })
    return { facts, result: (granted instanceof Promise ? await granted : granted) ?? 'token-revoked' }
  }

  /** What proves a token grows older while the decision point thinks. */
  function aged(evidence: Evidence, since: Instant): Evidence {
    return laterEvidence(evidence, elapsedSince(since, readInstant(clock)))
  }

  function issuerOf(authentication: Authenticated, policy: CompiledPolicy<unknown>): TrustedIssuer | undefined {
    return authentication.kind === 'validated'
      ? issuers.select(authentication.facts.issuer)?.trusted
      : issuers.ofOpaqueTokens(policy.issuers)[0]
  }

  return {
    /** At once where nothing has to be waited for. */
    authorize<Claims>(
      authentication: Authentication,
      policy: CompiledPolicy<Claims>,
      arrival: Instant,
      inHand: RequestInHand,
    ): Authorization<Claims> | Promise<Authorization<Claims>> {
      if (authentication.kind === 'failed') return failed(authentication)
      const trusted = issuerOf(authentication, policy)
      if (trusted === undefined) return { issuer: undefined, facts: undefined, result: 'issuer-not-accepted' }
      const land = ({ facts, result }: Decision<Claims>): Authorization<Claims> => {
        return { issuer: facts?.issuer ?? trusted.issuers[0], facts, result }
      }
      const decision = decide(authentication, trusted, policy, arrival, inHand)
      return decision instanceof Promise ? decision.then(land) : land(decision)
    },

    /** What is against the request by what is known here; `undefined` is no grant. Asks nobody, remembers nothing. */
    async precheck(
      authentication: Authentication,
      policy: CompiledPolicy<unknown>,
      { sender }: Pick<RequestInHand, 'sender'>,
    ): Promise<Precheck> {
      if (authentication.kind === 'failed') return failed(authentication)
      const trusted = issuerOf(authentication, policy)
      if (trusted === undefined) return { issuer: undefined, facts: undefined, result: 'issuer-not-accepted' }
      const facts = authentication.kind === 'validated' ? authentication.facts : undefined
      const known = { issuer: facts?.issuer ?? trusted.issuers[0], facts }
      if (isClosed()) return { ...known, result: 'resource-server-closed' }
      const unshown = await (facts === undefined ? sender.refusal() : sender.compare(facts, policy.senderConstrained))
      if (unshown !== undefined) return { ...known, result: unshown }
      if (await strategyOf(trusted).isRevoked(authentication.key, facts)) return { ...known, result: 'token-revoked' }
      return { ...known, result: facts && (await createFactsCheck(policy).refusalBy(facts)) }
    },
  }
}

function notHere(): never {
  throw new ConfigurationError('accessToken', 'is not known here: only its claims were handed in')
}

/** What was asked already. */
interface Begun {
  readonly shown?: ReturnType<PresentedSender['compare']>
  readonly known?: ReturnType<IssuerStrategy['isRevoked']>
  readonly decision?: ReturnType<IssuerStrategy['decide']>
}

type Decision<Claims> = Pick<Authorization<Claims>, 'facts' | 'result'>

/** What an authorization server has said of a token is held to all that a token is held to. */
async function refusalByAnswer(
  facts: TokenFacts,
  { senderConstrained }: CompiledPolicy<unknown>,
  sender: PresentedSender,
  refusalBy: (facts: TokenFacts) => OperatorCode | undefined | Promise<OperatorCode | undefined>,
): Promise<OperatorCode | undefined> {
  return (await sender.compare(facts, senderConstrained)) ?? (await refusalBy(facts)) ?? (await sender.spend(facts))
}

function failed({ issuer, reason }: Extract<Authentication, { kind: 'failed' }>) {
  return { issuer, facts: undefined, result: reason }
}

/** Nothing is wrong with the request; what there is to know is too old, or cannot be had now. */
const INCONCLUSIVE: ReadonlySet<OperatorCode> = new Set([
  'revocation-lag-exceeded',
  'evidence-unobtainable',
  'live-check-failed',
  'decided-too-late',
  'decision-unavailable',
  'decision-misconfigured',
  'policy-input-failed',
])

export function isInconclusive({ result }: Authorization<unknown>): boolean {
  return typeof result === 'string' && INCONCLUSIVE.has(result)
}

export function principalOf<Claims>(facts: TokenFacts, claims: Claims, evidence: Evidence): Principal<Claims> {
  const { subject, clientId, scopes, groups, issuer, expiresAt } = facts
  return Object.freeze({ subject, clientId, scopes, groups, issuer, expiresAt, claims, evidence })
}
