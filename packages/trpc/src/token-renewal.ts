/** How an app gets a new token. */
export interface TokenRenewalOptions {
  /**
   * Gets a new access token, which the links after this one send from then on. Called when the server has found the old
   * one invalid; once for all calls that find out together. When it rejects, the calls fail with the error they had.
   */
  readonly refresh: () => unknown
  /**
   * Makes `wsLink` connect anew, for a connection keeps the token it was opened with:
   * `() => wsClient.connection?.ws?.close()`. Called after each refresh. Subscriptions move
   * to the new connection, and queries and mutations under way fail. Default: nothing, as for links of HTTP.
   */
  readonly reconnect?: (() => unknown) | undefined
}

/** One refresh at a time, whoever asks for it. */
export class TokenRenewal {
  readonly #options: TokenRenewalOptions
  #count = 0
  #underWay: Promise<boolean> | undefined

  constructor(options: TokenRenewalOptions) {
    checkOptions(options)
    this.#options = options
  }

  /** How often there was a new token so far. */
  get count(): number {
    return this.#count
  }

  /** Whether the token is newer by now than it was at a count; sees to it. */
  async after(count: number): Promise<boolean> {
    // Somebody else has seen to it while the call was on its way.
    if (this.#count > count) return true
    this.#underWay ??= this.#renew().finally(() => (this.#underWay = undefined))
    return this.#underWay
  }

  async #renew(): Promise<boolean> {
    const { refresh, reconnect } = this.#options
    try {
      await refresh()
      this.#count += 1
      await reconnect?.()
      return true
    } catch {
      // Why is the app's own affair; the calls say why they failed.
      return false
    }
  }
}

function checkOptions(options: TokenRenewalOptions): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('authLink takes an object of options')
  for (const [name, value] of Object.entries(options)) {
    if (name !== 'refresh' && name !== 'reconnect') {
      throw new TypeError(`authLink.${name} is not an option; known options are refresh, reconnect`)
    }
    if (value !== undefined && typeof value !== 'function') throw new TypeError(`authLink.${name} must be a function`)
  }
  if (options.refresh === undefined) throw new TypeError('authLink.refresh must be a function')
}
