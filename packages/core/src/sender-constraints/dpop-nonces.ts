import { hmacSha256 } from '#signature'
import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames, durationOption, stringListOption } from '../outcomes/option-check.js'
import type { AtOnce } from '../vocabulary/at-once.js'
import { encodeBase64url } from '../vocabulary/base64url.js'
import { equalInConstantTime } from '../vocabulary/constant-time.js'
import type { Duration } from '../vocabulary/duration.js'

/** How nonces are made, which proofs have to hold. */
export interface DpopNonceOptions {
  /**
   * What nonces are made from: 32 random characters at least, the same on every instance of this API, so that each takes the
   * nonces of the others. Or several: the first makes them, all are accepted, to change it without an outage.
   */
  readonly secret: string | readonly string[]
  /**
   * How long one nonce is given out; it is accepted as long again afterwards. Default `'5m'`, range `'10s'` to `'1h'`.
   */
  readonly rotateEvery?: Duration | undefined
}

export interface CheckedNonceOptions {
  readonly secrets: readonly string[]
  readonly rotateEvery: number
}

const MIN_SECRET_LENGTH = 32
/** Instances of an API may be that far apart, and the one ahead gives out the next nonce first. */
const AHEAD_MS = 5_000
/** Bytes: nobody guesses one within its time. */
const NONCE_LENGTH = 16

export function checkNonceOptions(option: string, options: DpopNonceOptions): CheckedNonceOptions {
  checkOptionNames(option, options, ['secret', 'rotateEvery'])
  const { secret, rotateEvery } = options as unknown as DpopNonceOptions
  const accepted = `must be ${MIN_SECRET_LENGTH} random characters at least, or a list of such texts`
  const secrets = stringListOption(`${option}.secret`, secret, accepted)
  if (secrets.some(({ length }) => length < MIN_SECRET_LENGTH)) {
    throw new ConfigurationError(`${option}.secret`, accepted)
  }
  const range = { byDefault: 300_000, min: 10_000, max: 3_600_000 }
  return { secrets, rotateEvery: durationOption(`${option}.rotateEvery`, rotateEvery, range) }
}

/** Nonces that need no memory: each is made from the secret and the time (RFC 9449 §8.2, §9). */
export class DpopNonces {
  readonly #options: CheckedNonceOptions
  /** By period, and in the order of the secrets. */
  readonly #made = new Map<number, readonly string[]>()

  constructor(options: CheckedNonceOptions) {
    this.#options = options
  }

  /** Makes what the methods below need; `undefined` where it is at hand. `now`: milliseconds since the epoch. */
  prepare(now: number): Promise<void> | undefined {
    const current = this.#periodOf(now)
    const needed = [current - 1, current, current + 1]
    const missing = needed.filter((period) => !this.#made.has(period))
    if (missing.length === 0) return undefined
    const made = missing.map((period) => this.#make(period))
    for (const period of this.#made.keys()) if (!needed.includes(period)) this.#made.delete(period)
    return made.some((one) => one instanceof Promise) ? Promise.all(made).then(() => undefined) : undefined
  }

  /** What the next proof has to hold. */
  current(now: number): string | undefined {
    return this.#made.get(this.#periodOf(now))?.[0]
  }

  accepts(nonce: string, now: number): boolean {
    const candidates = this.#periodsAt(now).flatMap((period) => this.#made.get(period) ?? [])
    return candidates.filter((candidate) => equalInConstantTime(candidate, nonce)).length > 0
  }

  #periodOf(now: number): number {
    return Math.floor(now / this.#options.rotateEvery)
  }

  /** The one before, the one now, and the next where another instance may have begun it. */
  #periodsAt(now: number): readonly number[] {
    const [current, ahead] = [this.#periodOf(now), this.#periodOf(now + AHEAD_MS)]
    return ahead === current ? [current - 1, current] : [current - 1, current, ahead]
  }

  #make(period: number): AtOnce<void> {
    const codes = this.#options.secrets.map((secret) => hmacSha256(secret, `dpop-nonce ${period}`))
    const keep = (all: readonly Uint8Array[]) => {
      const nonces = all.map((code) => encodeBase64url(code.subarray(0, NONCE_LENGTH)))
      this.#made.set(period, nonces)
    }
    const atOnce = codes.filter((code): code is Uint8Array => !(code instanceof Promise))
    return atOnce.length === codes.length ? keep(atOnce) : Promise.all(codes).then(keep)
  }
}
