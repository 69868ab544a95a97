import { connectRevocationList, type ConnectedRevocations } from '../../src/revocation/connect-revocation-list.js'
import type { RevocationIssuer } from '../../src/revocation/deny-rule.js'
import { inMemoryRevocationList } from '../../src/revocation/in-memory-revocation-list.js'
import type { RevocationEntry } from '../../src/revocation/revocation-entry.js'
import type { RevocationFeed } from '../../src/revocation/revocation-feed.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { factsOf, ISSUER } from './revoked-tokens.js'

/** Every clock is off true time by less than half of what is tolerated. */
export interface ClockOffsets {
  readonly issuer: number
  readonly source: number
  readonly node: number
}

interface Message {
  readonly sequence: number
  readonly entries?: readonly RevocationEntry[]
  readonly asOf?: number
}

export interface SimulatedLogin {
  readonly name: string
  revokedAt: number | undefined
  /** The feed that brings its revocation. */
  readonly feed: number
}

export const FEED_DELAY = 300

/**
 * An issuer that writes its revocations into two streams, which together hold all of them; the way from there to a node,
 * where messages wait, overtake each other, get lost and come twice; and the list of that node.
 */
export class SimulatedRevocations {
  readonly logins: SimulatedLogin[] = []
  readonly tokens: { readonly facts: TokenFacts; readonly login: SimulatedLogin }[] = []
  readonly #streams = [0, 1].map(() => ({
    next: 7,
    unwritten: [] as SimulatedLogin[],
    underway: [] as Message[],
  }))
  readonly #time: { now: number }
  readonly #issuer: RevocationIssuer
  readonly #offsets: ClockOffsets
  #feeds: readonly RevocationFeed[] = []
  node!: ConnectedRevocations

  constructor(time: { now: number }, issuer: RevocationIssuer, offsets: ClockOffsets) {
    this.#time = time
    this.#issuer = issuer
    this.#offsets = offsets
    this.restartNode()
  }

  restartNode(): void {
    const clock = { now: () => this.nodeTime }
    const list = inMemoryRevocationList({ clock })
    this.node = connectRevocationList(list, [this.#issuer], { clock, emit() {} })
    this.#feeds = this.#streams.map((_, index) =>
      list.feed({
        issuer: ISSUER,
        name: `feed-${index}`,
        source: 'authorization-server',
        complete: true,
        keys: ['login'],
        delay: FEED_DELAY,
      }),
    )
  }

  get nodeTime(): number {
    return this.#time.now + this.#offsets.node
  }

  /** When a login was revoked, on the clock of the streams. */
  sourceTimeOf({ revokedAt }: SimulatedLogin): number | undefined {
    return revokedAt === undefined ? undefined : revokedAt + this.#offsets.source
  }

  /** A lagging replica goes on issuing tokens of a revoked login for a while. */
  issue(login: SimulatedLogin, { lifetime, named }: { readonly lifetime: number; readonly named: boolean }): void {
    const { now } = this.#time
    if (login.revokedAt !== undefined && now > login.revokedAt + this.#issuer.propagationDelay) return
    const issuedAt = now + this.#offsets.issuer
    this.tokens.push({ login, facts: factsOf({ issuedAt, lifetime, claims: named ? { sid: login.name } : {} }) })
  }

  logIn(feed: number): SimulatedLogin {
    const login = { name: `login-${this.logins.length}`, revokedAt: undefined, feed }
    this.logins.push(login)
    return login
  }

  revoke(login: SimulatedLogin): void {
    if (login.revokedAt !== undefined) return
    login.revokedAt = this.#time.now
    this.#streams[login.feed]?.unwritten.push(login)
  }

  /** Writes what has waited, if anything; the source may take its time up to the declared delay. */
  write(feed: number, onlyDue = false): void {
    const stream = this.#streams[feed]
    if (stream === undefined) return
    const isDue = ({ revokedAt = 0 }: SimulatedLogin) => !onlyDue || revokedAt + FEED_DELAY <= this.#time.now
    const due = stream.unwritten.filter(isDue)
    stream.unwritten = stream.unwritten.filter((login) => !isDue(login))
    if (due.length === 0) return
    const entries = due.map(({ name: login, revokedAt = 0 }): RevocationEntry => ({
      kind: 'login',
      issuer: ISSUER,
      login,
      confirmedAt: revokedAt + this.#offsets.source,
    }))
    stream.underway.push({ sequence: stream.next++, entries })
  }

  writeHeartbeat(feed: number): void {
    this.write(feed, true)
    const stream = this.#streams[feed]
    stream?.underway.push({ sequence: stream.next++, asOf: this.#time.now + this.#offsets.source })
  }

  /** The message at a place of the queue; 0 is the one that has waited longest. */
  async deliver(feed: number, place: number, again: boolean): Promise<void> {
    const underway = this.#streams[feed]?.underway ?? []
    const index = place % Math.max(1, underway.length)
    const message = underway[index]
    if (message === undefined) return
    if (!again) underway.splice(index, 1)
    const { sequence, entries, asOf } = message
    if (entries !== undefined) await this.#feeds[feed]?.apply({ sequence, entries })
    if (asOf !== undefined) this.#feeds[feed]?.heartbeat({ sequence, asOf })
  }

  /** All goes well for once. */
  async catchUp(feed: number): Promise<void> {
    this.writeHeartbeat(feed)
    while ((this.#streams[feed]?.underway.length ?? 0) > 0) await this.deliver(feed, 0, false)
  }

  loseMessage(feed: number): void {
    this.#streams[feed]?.underway.shift()
  }

  /** The node notices, and follows from what comes next. */
  resubscribe(feed: number): void {
    const stream = this.#streams[feed]
    if (stream !== undefined) stream.underway = []
    this.#feeds[feed]?.lost()
  }
}
