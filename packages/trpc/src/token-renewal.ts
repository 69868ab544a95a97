/** How an app gets a new token. */
export interface TokenRenewalOptions {
  /**
   * Gets a new access token, which the links after this one send from then on. Called when the server has found the old
   * one invalid; once for all calls that find out together. When it rejects, the calls fail with the error they had.
   */
  readonly refresh: () => unknown
  /**
   * Makes `wsLink` connect anew, for a connection keeps the token it was opened with:
   * `() => wsClient.connection?.ws?.close()`. Called after each refresh. Default: nothing, as for links of HTTP.
   */
  readonly reconnect?: (() => unknown) | undefined
}

/** One refresh at a time, whoever asks for it. */
export class TokenRenewal {
  readonly #options: TokenRenewalOptions
  #count = 0
  #underWay: Promise<void> | undefined

  constructor(options: TokenRenewalOptions) {
    checkOptions(options)
    this.#options = options
  }

  /** How often there was a new token so far. */
  get count(): number {
    return this.#count
  }

  /** Resolves when the token is newer than it was at a count. */
  async after(count: number): Promise<void> {
    // Somebody else has seen to it while the call was on its way.
    if (this.#count > count) return
    this.#underWay ??= this.#renew().finally(() => (this.#underWay = undefined))
    await this.#underWay
  }

  async #renew(): Promise<void> {
    const { refresh, reconnect } = this.#options
    await refresh()
    this.#count += 1
    await reconnect?.()
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
