import type { OperatorCode } from '../../src/outcomes/operator-codes.js'
import type { CompiledPolicy } from '../../src/strategy/route-policy.js'
import type { Principal } from '../../src/vocabulary/principal.js'
import type { SimulatedCall, SimulatedIssuer, SimulatedToken, TrueTime } from './simulated-issuer.js'
import type { NodeSettings, SimulatedNode } from './simulated-node.js'

/** What is known of a request when it comes, for whoever judges its outcome. */
export interface JudgedRequest {
  readonly node: SimulatedNode
  readonly token: SimulatedToken
  readonly policy: CompiledPolicy<unknown>
  readonly arrival: number
  /** Whether a call failed that was sent since. */
  hadOutage: boolean
  /** Whether the last answer the node had about the token was a no. */
  readonly knewInactive: boolean
  /** How many answers that were a yes the node had had by then. */
  readonly yesesBefore: number
}

/**
 * Holds the outcomes of a simulation against the server's own log: no grant later than promised, no grant after a
 * refusal for good, and no good token turned away while the server was up. Whatever breaks one of them throws.
 */
export class SimulationJudge {
  /** Sources and outcomes that came up. */
  readonly seen = new Set<string>()
  readonly #time: TrueTime
  readonly #issuer: SimulatedIssuer
  readonly #settings: NodeSettings
  readonly #waiting = new Set<JudgedRequest>()
  /** Tokens that a node has called revoked, which it may never let in again. */
  readonly #final = new Map<SimulatedNode, Set<SimulatedToken>>()
  /** The last time when everybody was signed out. Who comes back at once may be turned away. */
  #allEndedAt = -Infinity

  constructor(time: TrueTime, issuer: SimulatedIssuer, settings: NodeSettings) {
    this.#time = time
    this.#issuer = issuer
    this.#settings = settings
  }

  arrives(node: SimulatedNode, token: SimulatedToken, policy: CompiledPolicy<unknown>): JudgedRequest {
    const request = {
      node,
      token,
      policy,
      arrival: this.#time.now,
      hadOutage: false,
      knewInactive: node.wasToldInactive(token),
      yesesBefore: node.yesesAbout(token),
    }
    this.#waiting.add(request)
    return request
  }

  everybodySignedOut(): void {
    this.#allEndedAt = this.#time.now
  }

  failed({ token, sentAt }: SimulatedCall): void {
    for (const request of this.#waiting) {
      if (request.token === token && sentAt >= request.arrival) request.hadOutage = true
    }
  }

  decided(request: JudgedRequest, result: Principal<unknown> | OperatorCode): void {
    this.#waiting.delete(request)
    if (typeof result === 'string') {
      this.seen.add(result)
      this.#refused(request, result)
    } else {
      const { source, relaxed } = result.evidence
      this.seen.add(source)
      if (relaxed) this.seen.add('relaxed')
      this.#granted(request, relaxed)
    }
  }

  #granted(
    { node, token, policy, arrival, hadOutage, knewInactive, yesesBefore }: JudgedRequest,
    relaxed: boolean,
  ): void {
    const { maxRevocationLag, maxRevocationLagDuringOutage } = policy
    const bound = relaxed ? (maxRevocationLagDuringOutage ?? 0) : inMilliseconds(maxRevocationLag)
    const endedAt = this.#issuer.endOf(token)
    if (endedAt < arrival - bound - this.#settings.propagationDelay) {
      throw new Error(`granted at ${arrival} with a bound of ${bound}, although the token ended at ${endedAt}`)
    }
    if (this.#final.get(node)?.has(token) === true) throw new Error('a token was granted after it was called revoked')
    const isOlderYes = token.opaque && knewInactive && node.yesesAbout(token) === yesesBefore
    if (isOlderYes) throw new Error('an older yes served after a later no')
    if (relaxed && !hadOutage) throw new Error('a bound was relaxed without an outage')
  }

  #refused(request: JudgedRequest, code: OperatorCode): void {
    const { node, token, policy, arrival, hadOutage } = request
    const hasEnded = this.#issuer.endOf(token) <= this.#time.now
    if (code === 'token-revoked' && hasEnded && this.#isFinal(token, policy, arrival)) {
      const tokens = this.#final.get(node) ?? new Set()
      this.#final.set(node, tokens.add(token))
    }
    const isUnproven = code === 'revocation-lag-exceeded' || code === 'evidence-unobtainable'
    const hadNoWayToAsk = isUnproven && !this.#settings.hasLiveCheck
    if (hasEnded || hadOutage || hadNoWayToAsk || !this.#mustBeLetIn(request)) return
    throw new Error(`a good token was turned away: ${code}`)
  }

  /**
   * Whether a refusal is for good. What was refused without a call stood on the list, or in the memory of final answers;
   * an inactive answer is final once every replica knew the token, on every clock. What outlives the declared maximum
   * may outlive an entry, and the age of an opaque token a node may not know.
   */
  #isFinal(
    { opaque, issuedAt, exp, iat }: SimulatedToken,
    { maxRevocationLag }: CompiledPolicy<unknown>,
    arrival: number,
  ) {
    const { clockTolerance, propagationDelay, maxTokenLifetime = Infinity } = this.#settings
    if (opaque || exp - iat > maxTokenLifetime) return false
    if (maxRevocationLag === 'token-lifetime') return true
    return arrival - maxRevocationLag >= issuedAt + 2 * clockTolerance + propagationDelay + 1_000
  }

  /** A token that has not ended: known to every replica, not about to expire, and not of a login right after a sign-out. */
  #mustBeLetIn({ token, policy, arrival }: JudgedRequest): boolean {
    const { clockTolerance, propagationDelay } = this.#settings
    const sentAt = arrival - inMilliseconds(policy.maxRevocationLag)
    const isKnownEverywhere = propagationDelay === 0 || (!token.opaque && sentAt >= token.issuedAt + propagationDelay)
    const isAlive = this.#time.now + 2 * clockTolerance < token.exp
    const cameBackAtOnce = token.issuedAt <= this.#allEndedAt + 1_000 + 3 * clockTolerance + propagationDelay
    return isKnownEverywhere && isAlive && !cameBackAtOnce
  }
}

function inMilliseconds(lag: number | 'token-lifetime'): number {
  return lag === 'token-lifetime' ? Infinity : lag
}
