/** True time of a simulation; every clock in it differs from this one by less than the tolerance allows. */
export interface TrueTime {
  now: number
}

/** One call to the server, from the moment it is sent to the moment its answer is known to the caller. */
export interface SimulatedCall {
  readonly token: SimulatedToken
  /** The server reads its state, now or as a replica knew it a while ago. */
  read(replicaLag: number): void
  land(): void
  fail(): void
}

export interface SimulatedToken {
  readonly name: string
  /** True time. */
  readonly issuedAt: number
  /** What its `iat` says, on the clock of the issuer. */
  readonly iat: number
  revokedAt: number | undefined
}

/** An authorization server that keeps a log of its own: whether a token was revoked at some instant is asked of it. */
export class SimulatedIssuer {
  readonly tokens: SimulatedToken[] = []
  readonly pending: SimulatedCall[] = []
  readonly #time: TrueTime
  readonly #clockOffset: number

  constructor(time: TrueTime, clockOffset: number) {
    this.#time = time
    this.#clockOffset = clockOffset
  }

  issue(): SimulatedToken {
    const issuedAt = this.#time.now
    const token = {
      name: `token-${this.tokens.length}`,
      issuedAt,
      // Some issuers write fractions; whole seconds would hide what a clock that is ahead does.
      iat: issuedAt + this.#clockOffset,
      revokedAt: undefined,
    }
    this.tokens.push(token)
    return token
  }

  revoke(token: SimulatedToken): void {
    token.revokedAt ??= this.#time.now
  }

  /** Answers `true`: active. */
  ask(token: SimulatedToken, down: Error): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let answer: boolean | undefined
      const stateAt = (instant: number) =>
        instant >= token.issuedAt && (token.revokedAt === undefined || instant < token.revokedAt)
      const call: SimulatedCall = {
        token,
        read: (replicaLag) => {
          answer ??= stateAt(this.#time.now - replicaLag)
        },
        land: () => {
          this.#forget(call)
          resolve(answer ?? stateAt(this.#time.now))
        },
        fail: () => {
          this.#forget(call)
          reject(down)
        },
      }
      this.pending.push(call)
    })
  }

  #forget(call: SimulatedCall): void {
    this.pending.splice(this.pending.indexOf(call), 1)
  }
}
