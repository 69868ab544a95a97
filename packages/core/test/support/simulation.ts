import { definePolicy } from '../../src/strategy/route-policy.js'
import type { StandardSchema } from '../../src/vocabulary/standard-schema.js'
import { SimulatedFeed } from './simulated-feed.js'
import { type SimulatedCall, SimulatedIssuer, type SimulatedToken } from './simulated-issuer.js'
import { SimulationJudge } from './simulation-judge.js'
import { ISSUER, type NodeSettings, SimulatedNode } from './simulated-node.js'

const TOLERANCE = 400
const LAGS = ['token-lifetime', 0, 300, 450, 800, 2_000] as const
/** True time has finer steps than clocks: what happens within one tick is in order all the same. */
const PAUSES = [0.3, 0.3, 1, 20, 120, 300, 700, 1_500] as const

/** What may happen next, and how often. */
const WEIGHTS = {
  request: 8,
  pass: 3,
  logIn: 1,
  refresh: 1,
  revoke: 1,
  read: 3,
  land: 2,
  fail: 2,
  disturb: 2,
  answerSchema: 1,
  restart: 1,
  beat: 1,
  write: 1,
  catchUp: 3,
  deliver: 2,
  lose: 0.5,
  resubscribe: 0.5,
} as const
type Step = keyof typeof WEIGHTS
const STEPS = Object.entries(WEIGHTS).flatMap(([step, weight]) =>
  Array.from({ length: weight * 2 }, () => step as Step),
)
/** Nobody waits for these. */
const SILENT: ReadonlySet<Step> = new Set(['pass', 'logIn', 'refresh', 'revoke', 'read', 'disturb', 'restart', 'beat'])

/**
 * One random history: a server, two nodes of an API, and whatever goes wrong between them. Each byte of the program is
 * a step or the choice within one. Broken promises throw.
 */
export class Simulation {
  readonly #time = { now: 1_000_000_000_000 }
  readonly #program: Uint8Array
  #position = 0
  readonly #issuer: SimulatedIssuer
  readonly #feed: SimulatedFeed | undefined
  readonly #lifetime: number
  readonly #settings: NodeSettings
  readonly #nodes: SimulatedNode[]
  readonly #judge: SimulationJudge
  /** Schemas that have not answered yet. */
  readonly #slow: (() => void)[] = []
  #broken: unknown

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
    this.#judge = new SimulationJudge(this.#time, this.#issuer, this.#settings)
    this.#issuer.onEnd = (ended) => this.#writeDown(ended)
    this.#nodes = [this.#start(), this.#start()]
    this.#catchUp()
    this.#time.now += this.#pick([0, 500, 1_000, 1_000])
  }

  async run(): Promise<ReadonlySet<string>> {
    while (this.#position < this.#program.length) {
      const name = this.#pick(STEPS)
      this.#steps[name]()
      if (!SILENT.has(name)) await quiet()
    }
    while (this.#issuer.pending.length + this.#slow.length > 0) {
      this.#issuer.pending[0]?.land()
      this.#slow.shift()?.()
      await quiet()
    }
    if (this.#broken !== undefined) throw this.#broken
    return this.#judge.seen
  }

  readonly #steps: Readonly<Record<Step, () => void>> = {
    request: () => this.#request(this.#token() ?? this.#logIn()),
    pass: () => (this.#time.now += this.#pick(PAUSES)),
    logIn: () => this.#logIn(),
    refresh: () => this.#with(this.#token(), (token) => this.#issuer.refresh(token, this.#lagOfReplica())),
    revoke: () => this.#with(this.#token(), (token) => this.#revoke(token)),
    read: () => this.#call()?.read(this.#lagOfReplica()),
    land: () => this.#call()?.land(),
    fail: () => this.#with(this.#call(), (call) => this.#fail(call)),
    disturb: () => this.#disturb(this.#node()),
    answerSchema: () => this.#slow.shift()?.(),
    restart: () => this.#restart(),
    beat: () => this.#feed?.beat(),
    write: () => this.#feed?.write(this.#next() % 2 === 0),
    catchUp: () => this.#catchUp(),
    deliver: () => this.#node().subscription?.deliver(this.#pick([1, 2, 8])),
    lose: () => this.#node().subscription?.loseNext(),
    resubscribe: () => this.#node().subscription?.resubscribe(),
  }

  #token(): SimulatedToken | undefined {
    return this.#issuer.tokens[this.#next() % this.#issuer.tokens.length]
  }

  #call(): SimulatedCall | undefined {
    return this.#issuer.pending[this.#next() % this.#issuer.pending.length]
  }

  #with<T>(found: T | undefined, act: (found: T) => void): void {
    if (found !== undefined) act(found)
  }

  #restart(): void {
    if (this.#next() % 4 === 0) this.#nodes[this.#next() % this.#nodes.length] = this.#start()
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
    const request = this.#judge.arrives(this.#node(), token, this.#pick(policies))
    slow = this.#slow
    void request.node
      .request(token, request.policy)
      .then((result) => this.#judge.decided(request, result))
      .catch((error: unknown) => {
        this.#broken ??= error
      })
  }

  #fail(call: SimulatedCall): void {
    this.#judge.failed(call)
    call.fail()
  }

  /** Most tokens live on: a history in which all are revoked early shows little. */
  #revoke(token: SimulatedToken): void {
    const choice = this.#next() % 5
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
      this.#judge.everybodySignedOut()
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
}

/** Lets everything that can settle do so: no chain of promises in the code under test is half as long. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 24; i++) await undefined
}

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
