import { definePolicy } from '../../src/strategy/route-policy.js'
import type { OperatorCode } from '../../src/outcomes/operator-codes.js'
import type { CompiledPolicy } from '../../src/strategy/route-policy.js'
import type { Principal } from '../../src/vocabulary/principal.js'
import type { StandardSchema } from '../../src/vocabulary/standard-schema.js'
import { SimulatedFeed } from './simulated-feed.js'
import { type SimulatedCall, SimulatedIssuer, type SimulatedToken } from './simulated-issuer.js'
import { ISSUER, type NodeSettings, SimulatedNode } from './simulated-node.js'

export type Tally = Map<string, number>

const TOLERANCE = 400
const LAGS = ['token-lifetime', 0, 300, 450, 800, 2_000] as const
/** True time has finer steps than clocks: what happens within one tick is in order all the same. */
const PAUSES = [0.3, 0.3, 1, 20, 120, 300, 700, 1_500] as const

interface Request {
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
 * One random history: a server, two nodes of an API, and whatever goes wrong between them. Each byte of the program is
 * a step or the choice within one. Broken promises throw.
 */
export class Simulation {
  readonly #seen = new Set<string>()
  readonly #time = { now: 1_000_000_000_000 }
  readonly #program: Uint8Array
  #position = 0
  readonly #issuer: SimulatedIssuer
  readonly #feed: SimulatedFeed | undefined
  readonly #lifetime: number
  readonly #settings: NodeSettings
  readonly #nodes: SimulatedNode[]
  readonly #waiting = new Set<Request>()
  /** Tokens that a node has called revoked, which it may never let in again. */
  readonly #final = new Map<SimulatedNode, Set<SimulatedToken>>()
  /** Schemas that have not answered yet. */
  readonly #slow: (() => void)[] = []
  #broken: unknown
  /** The last time when everybody was signed out. Who comes back at once may be turned away. */
  #allEndedAt = -Infinity

  constructor(program: Uint8Array) {
    this.#program = program
    this.#feed = this.#pick([true, true, false])
      ? new SimulatedFeed(this.#time, { clockOffset: this.#offset(), delay: this.#pick([0, 150]) })
      : undefined
    this.#lifetime = this.#pick([900, 3_000, 3_000, 60_000])
    this.#settings = {
      clockTolerance: TOLERANCE,
      propagationDelay: this.#pick([0, 0, 500]),
      issuedAtIsEvidence: this.#pick([true, true, true, false]),
      maxTokenLifetime: this.#pick([this.#lifetime, this.#lifetime, this.#lifetime, undefined]),
      feed: this.#feed,
      hasLiveCheck: this.#pick([true, true, true, true, true, false]),
    }
    this.#issuer = new SimulatedIssuer(this.#time, {
      clockOffset: this.#offset(),
      checksLogins: this.#settings.issuedAtIsEvidence,
    })
    this.#issuer.onEnd = (ended) => this.#writeDown(ended)
    this.#nodes = [this.#start(), this.#start()]
    this.#catchUp()
    this.#time.now += this.#pick([0, 500, 1_000, 1_000])
  }

  async run(): Promise<ReadonlySet<string>> {
    while (this.#position < this.#program.length) {
      this.#step(this.#next())
      await quiet()
    }
    while (this.#issuer.pending.length + this.#slow.length > 0) {
      this.#issuer.pending[0]?.land()
      this.#slow.shift()?.()
      await quiet()
    }
    if (this.#broken !== undefined) throw this.#broken
    return this.#seen
  }

  #step(choice: number): void {
    const issuer = this.#issuer
    const token = () => issuer.tokens[this.#next() % issuer.tokens.length] ?? this.#logIn()
    const call = () => issuer.pending[this.#next() % issuer.pending.length]
    switch (choice % 32) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
        return this.#request(token())
      case 7:
      case 8:
      case 9:
        this.#time.now += this.#pick(PAUSES)
        return
      case 10:
        this.#logIn()
        return
      case 11:
        return issuer.refresh(token(), this.#lagOfReplica())
      case 12:
        return this.#revoke(this.#next() % 5)
      case 13:
      case 14:
      case 15:
        return call()?.read(this.#lagOfReplica())
      case 16:
      case 17:
        return call()?.land()
      case 18:
      case 19:
        return this.#fail(call())
      case 20:
      case 21:
        return this.#disturb(this.#node())
      case 22:
        this.#slow.shift()?.()
        return
      case 23:
        if (this.#next() % 4 === 0) this.#nodes[this.#next() % this.#nodes.length] = this.#start()
        return
      case 24:
        return this.#feed?.beat()
      case 25:
        return this.#catchUp()
      case 26:
        return this.#feed?.write(this.#next() % 2 === 0)
      case 27:
        return this.#catchUp()
      case 28:
      case 29:
        return this.#node().subscription?.deliver(this.#pick([1, 2, 8]))
      case 30:
        return this.#next() % 2 === 0 ? this.#node().subscription?.loseNext() : this.#node().subscription?.resubscribe()
      case 31:
        return this.#catchUp()
    }
  }

  /** A node's wall clock steps, or it is frozen now and then. Where both happen at once no clock tells the truth. */
  #disturb(node: SimulatedNode): void {
    if (this.#nodes.indexOf(node) === 0) {
      node.wallOffset = this.#offset()
    } else {
      const pause = this.#pick(PAUSES)
      this.#time.now += pause
      node.frozenFor += pause
    }
  }

  #request(token: SimulatedToken): void {
    const node = this.#node()
    const request: Request = {
      node,
      token,
      policy: this.#policy(),
      arrival: this.#time.now,
      hadOutage: false,
      knewInactive: node.wasToldInactive(token),
      yesesBefore: node.yesesAbout(token),
    }
    this.#waiting.add(request)
    slow = this.#slow
    void node
      .request(token, request.policy)
      .then((result) => this.#judge(request, result))
      .catch((error: unknown) => {
        this.#broken ??= error
      })
      .finally(() => this.#waiting.delete(request))
  }

  #fail(call: SimulatedCall | undefined): void {
    if (call === undefined) return
    for (const request of this.#waiting) {
      if (request.token === call.token && call.sentAt >= request.arrival) request.hadOutage = true
    }
    call.fail()
  }

  #judge(request: Request, result: Principal<unknown> | OperatorCode): void {
    if (typeof result === 'string') {
      this.#seen.add(result)
      this.#judgeRefusal(request, result)
    } else {
      const { source, relaxed } = result.evidence
      this.#seen.add(source)
      if (relaxed) this.#seen.add('relaxed')
      this.#judgeGrant(request, relaxed)
    }
  }

  #judgeGrant({ node, token, policy, arrival, hadOutage, knewInactive, yesesBefore }: Request, relaxed: boolean): void {
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

  #judgeRefusal(request: Request, code: OperatorCode): void {
    const { node, token, policy, arrival, hadOutage } = request
    const { propagationDelay } = this.#settings
    const lag = inMilliseconds(policy.maxRevocationLag)
    const hasEnded = this.#issuer.endOf(token) <= this.#time.now
    if (code === 'token-revoked' && hasEnded && this.#isFinal(token, policy, arrival)) {
      const tokens = this.#final.get(node) ?? new Set()
      this.#final.set(node, tokens.add(token))
    }
    const isKnownEverywhere =
      propagationDelay === 0 || (!token.opaque && arrival - lag >= token.issuedAt + propagationDelay)
    const isAlive = this.#time.now + TOLERANCE + TOLERANCE / 2 < token.exp - TOLERANCE / 2
    const isUnproven = code === 'revocation-lag-exceeded' || code === 'evidence-unobtainable'
    if (isUnproven && !this.#settings.hasLiveCheck) return
    const cameBackAtOnce = token.issuedAt <= this.#allEndedAt + 1_000 + 3 * TOLERANCE + propagationDelay
    if (!hasEnded && isKnownEverywhere && isAlive && !hadOutage && !cameBackAtOnce) {
      throw new Error(`a good token was turned away: ${code}`)
    }
  }

  /**
   * Whether a refusal is for good. What was refused without a call stood on the list, or in the memory of final answers;
   * an inactive answer is final once every replica knew the token, on every clock. What outlives the declared maximum
   * may outlive an entry, and the age of an opaque token a node may not know.
   */
  #isFinal({ opaque, issuedAt, login }: SimulatedToken, policy: CompiledPolicy<unknown>, arrival: number): boolean {
    if (opaque || login.lifetime > this.#lifetime) return false
    const { maxRevocationLag } = policy
    if (maxRevocationLag === 'token-lifetime') return true
    return arrival - maxRevocationLag >= issuedAt + 2 * TOLERANCE + this.#settings.propagationDelay + 1_000
  }

  /** Most tokens live on: a history in which all are revoked early shows little. */
  #revoke(choice: number): void {
    const token = this.#issuer.tokens[this.#next() % this.#issuer.tokens.length]
    if (token === undefined) return
    if (choice === 0) this.#issuer.revokeToken(token)
    else if (choice === 1) this.#issuer.endLogin(token.login)
    else if (choice === 2) this.#issuer.endAllLogins()
  }

  #logIn(): SimulatedToken {
    const choice = this.#next()
    return this.#issuer.logIn({
      opaque: choice % 3 === 0,
      isNamed: choice % 5 !== 0,
      lifetime: choice % 7 === 0 ? this.#lifetime * 4 : this.#lifetime,
    })
  }

  /** The stream flows as it should. */
  #catchUp(): void {
    this.#feed?.beat()
    for (const { subscription } of this.#nodes) subscription?.deliver(Infinity)
  }

  #writeDown(ended: Parameters<SimulatedIssuer['onEnd']>[0]): void {
    const feed = this.#feed
    if (feed === undefined) return
    const issuer = ISSUER
    const confirmedAt = feed.now()
    if (ended === 'all') {
      // Some sources know whole seconds only.
      const notBefore = this.#next() % 2 === 0 ? confirmedAt : confirmedAt - (confirmedAt % 1_000)
      this.#allEndedAt = this.#time.now
      feed.revoked({ kind: 'user', issuer, sub: 'user', notBefore, confirmedAt })
    } else if ('login' in ended) {
      feed.revoked({ kind: 'login', issuer, login: ended.login.name, confirmedAt })
    } else {
      feed.revoked({ kind: 'token', issuer, jti: ended.token.name, expiresAt: ended.token.exp })
    }
  }

  #start(): SimulatedNode {
    return new SimulatedNode(this.#time, this.#issuer, this.#settings, this.#offset())
  }

  #next(): number {
    return this.#program[this.#position++] ?? 0
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#next() % choices.length] as T
  }

  /** No two clocks differ by more than the tolerance. */
  #offset(): number {
    return this.#pick([1 - TOLERANCE / 2, TOLERANCE / 2 - 1, 0])
  }

  #lagOfReplica(): number {
    return this.#pick([0, 1]) * this.#settings.propagationDelay
  }

  #node(): SimulatedNode {
    return this.#pick(this.#nodes)
  }

  #policy(): CompiledPolicy<unknown> {
    return this.#pick(policies)
  }
}

function inMilliseconds(lag: number | 'token-lifetime'): number {
  return lag === 'token-lifetime' ? Infinity : lag
}

const quiet = () => new Promise<void>((resolve) => setImmediate(resolve))

let slow: (() => void)[] = []

/** A claims schema that takes its time: what is known may change meanwhile. */
const slowSchema: StandardSchema<unknown, unknown> = {
  '~standard': {
    version: 1,
    vendor: 'simulation',
    validate: (value) =>
      new Promise((resolve) => {
        slow.push(() => resolve({ value }))
      }),
  },
}

const policies = LAGS.flatMap((maxRevocationLag) =>
  [undefined, 2_000, 10_000].flatMap((maxRevocationLagDuringOutage) => {
    if (maxRevocationLag === 'token-lifetime' && maxRevocationLagDuringOutage !== undefined) return []
    const lags = {
      maxRevocationLag,
      ...(maxRevocationLagDuringOutage !== undefined && { maxRevocationLagDuringOutage }),
    }
    return [definePolicy(lags), definePolicy({ ...lags, claims: slowSchema })]
  }),
)
