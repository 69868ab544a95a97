/** Instants of a simulation are true time, in milliseconds; every clock in it is somewhere near. */
export interface TrueTime {
  now: number
}

/** One login of a user: refreshing issues further tokens of it. */
export interface SimulatedLogin {
  readonly name: string
  /** Some tokens do not say which login they belong to. */
  readonly isNamed: boolean
  /** How long its tokens live. */
  readonly lifetime: number
  endedAt: number | undefined
}

export interface SimulatedToken {
  readonly name: string
  readonly login: SimulatedLogin
  /** When the server looked at the login it issued the token for; it may sign later. */
  readonly sessionReadAt: number
  readonly issuedAt: number
  /** What its `iat` and `exp` say, on the clock of the issuer. */
  readonly iat: number
  readonly exp: number
  readonly opaque: boolean
  revokedAt: number | undefined
}

/** One call to the server, from the moment it is sent to the moment its answer is known to the caller. */
export interface SimulatedCall {
  readonly sentAt: number
  readonly token: SimulatedToken
  /** The server reads its state, now or as a replica knew it a while ago. */
  read(replicaLag: number): void
  land(): void
  fail(): void
}

/**
 * An authorization server that keeps a log of its own. The promise is judged by it alone: it knows nothing of the code
 * under test.
 */
export class SimulatedIssuer {
  readonly tokens: SimulatedToken[] = []
  readonly pending: SimulatedCall[] = []
  /** Told of whatever ends tokens. */
  onEnd: (ended: { readonly token: SimulatedToken } | { readonly login: SimulatedLogin } | 'all') => void = () => {}
  readonly #time: TrueTime
  readonly #clockOffset: number
  readonly #checksLogins: boolean
  #logins: SimulatedLogin[] = []

  constructor(
    time: TrueTime,
    how: {
      readonly clockOffset: number
      /** Whether a refresh asks for the login at all. */
      readonly checksLogins: boolean
    },
  ) {
    this.#time = time
    this.#clockOffset = how.clockOffset
    this.#checksLogins = how.checksLogins
  }

  /** A new login with its first token. */
  logIn({ opaque, ...how }: { readonly opaque: boolean; readonly isNamed: boolean; readonly lifetime: number }) {
    const login: SimulatedLogin = { name: `login-${this.#logins.length}`, ...how, endedAt: undefined }
    this.#logins.push(login)
    return this.#issue(login, opaque, this.#time.now)
  }

  /** Another token of a login; the server may have looked at the login a while ago. */
  refresh({ login, opaque }: SimulatedToken, readBefore: number): void {
    const sessionReadAt = Math.max(this.#time.now - readBefore, this.#loggedInAt(login))
    const sawItAlive = login.endedAt === undefined || sessionReadAt < login.endedAt
    if (sawItAlive || !this.#checksLogins) this.#issue(login, opaque, sessionReadAt)
  }

  revokeToken(token: SimulatedToken): void {
    if (token.revokedAt !== undefined) return
    token.revokedAt = this.#time.now
    this.onEnd({ token })
  }

  endLogin(login: SimulatedLogin): void {
    if (login.endedAt !== undefined) return
    login.endedAt = this.#time.now
    this.onEnd({ login })
  }

  endAllLogins(): void {
    for (const login of this.#logins) login.endedAt ??= this.#time.now
    this.onEnd('all')
  }

  /** When the server began to refuse the token, `Infinity` if it has not. */
  endOf({ revokedAt = Infinity, login }: SimulatedToken): number {
    return Math.min(revokedAt, login.endedAt ?? Infinity)
  }

  /** Answers `true`: active. */
  ask(token: SimulatedToken, down: () => Error): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let answer: boolean | undefined
      const activeAt = (instant: number) =>
        instant >= token.issuedAt && instant < this.endOf(token) && this.#time.now + this.#clockOffset < token.exp
      const call: SimulatedCall = {
        sentAt: this.#time.now,
        token,
        read: (replicaLag) => {
          answer ??= activeAt(this.#time.now - replicaLag)
        },
        land: () => {
          this.#forget(call)
          resolve(answer ?? activeAt(this.#time.now))
        },
        fail: () => {
          this.#forget(call)
          reject(down())
        },
      }
      this.pending.push(call)
    })
  }

  #issue(login: SimulatedLogin, opaque: boolean, sessionReadAt: number): SimulatedToken {
    // Some issuers write fractions; whole seconds would hide what a clock that is ahead does.
    const iat = Math.floor(this.#time.now + this.#clockOffset)
    const token: SimulatedToken = {
      name: `token-${this.tokens.length}`,
      login,
      sessionReadAt,
      issuedAt: this.#time.now,
      iat,
      exp: iat + login.lifetime,
      opaque,
      revokedAt: undefined,
    }
    this.tokens.push(token)
    return token
  }

  #loggedInAt(login: SimulatedLogin): number {
    return this.tokens.find((token) => token.login === login)?.issuedAt ?? this.#time.now
  }

  #forget(call: SimulatedCall): void {
    this.pending.splice(this.pending.indexOf(call), 1)
  }
}
