import { type RefusalCode, refusals, unavailabilities, type UnavailableCode } from './operator-codes.js'
import type { UpstreamCode } from './upstream-codes.js'
import type { WireCode } from './wire-codes.js'

/** Shared by every copy of this module in a process, so that `instanceof` works across ESM, CommonJS and versions. */
const BRAND = Symbol.for('@tokenward/core.error')

function hasBrand(value: unknown, name?: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  const brand = (value as { [BRAND]?: unknown })[BRAND]
  return typeof brand === 'string' && (name === undefined || brand === name)
}

/** Base of every error thrown on purpose. Switch on `code`; messages may change. */
export abstract class TokenwardError extends Error {
  /** What happened, for programs. */
  abstract readonly code: string

  protected constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options)
    Object.defineProperty(this, 'name', { value: name, configurable: true })
    Object.defineProperty(this, BRAND, { value: name })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value)
  }
}

/** An option or a policy is missing, unknown, out of range or contradicts another. Thrown where it is given. */
export class ConfigurationError extends TokenwardError {
  /** Always `'configuration-invalid'`. */
  readonly code = 'configuration-invalid'
  /** The option, for example `cognitoUserPool.userPoolId`. */
  readonly option: string
  /** What is wrong with it, and what is accepted. */
  readonly problem: string

  constructor(option: string, problem: string) {
    super('ConfigurationError', `${option} ${problem}`)
    this.option = option
    this.problem = problem
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, 'ConfigurationError')
  }
}

/** Thrown by `verify`: the token is not accepted. */
export class TokenRefusedError extends TokenwardError {
  /** Why. For logs; not for clients. */
  readonly code: RefusalCode
  /** HTTP status of the answer that belongs to it. */
  readonly status: 400 | 401 | 403
  /** What a client may be told (RFC 6750 §3.1). */
  readonly error: WireCode | undefined
  /** The `WWW-Authenticate` challenge that belongs to it. */
  readonly challenge: string

  constructor(code: RefusalCode, challenge: string) {
    super('TokenRefusedError', `The token was refused (${code})`)
    const { status, error } = refusals[code]
    this.code = code
    this.status = status
    this.error = error
    this.challenge = challenge
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, 'TokenRefusedError')
  }
}

/** Thrown by `verify`: the token could not be checked, or nothing be decided about it. Try again. */
export class TokenUncheckedError extends TokenwardError {
  /** Why. For logs; not for clients. */
  readonly code: UnavailableCode
  /** HTTP status of the answer that belongs to it. */
  readonly status = 503
  /** Seconds after which to try again, for `Retry-After`. */
  readonly retryAfter: number

  constructor(code: UnavailableCode) {
    super('TokenUncheckedError', `The token could not be checked (${code})`)
    this.code = code
    this.retryAfter = unavailabilities[code].retryAfter
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, 'TokenUncheckedError')
  }
}

/** A call to the authorization server failed. Thrown by `ready`. */
export class UpstreamError extends TokenwardError {
  /** What went wrong. */
  readonly code: UpstreamCode
  /** HTTP status, where that is what was wrong: with `'unexpected-status'`, `'redirect'` and, of before, `'backing-off'`. */
  readonly httpStatus: number | undefined
  /** Seconds after which the server asks to be tried again (RFC 9110 §10.2.3), where it does. */
  readonly retryAfter: number | undefined

  constructor(code: UpstreamCode, message: string, details: UpstreamErrorDetails = {}) {
    super('UpstreamError', message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.httpStatus = details.httpStatus
    this.retryAfter = details.retryAfter
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, 'UpstreamError')
  }
}

interface UpstreamErrorDetails {
  readonly httpStatus?: number | undefined
  readonly retryAfter?: number | undefined
  readonly cause?: unknown
}

/** Why a revocation entry could not be made or kept. */
export type RevocationErrorCode =
  /** A member of the entry, or of a message of a feed, is missing, unknown or not of its type. */
  | 'entry-malformed'
  /** The token has no claim that such an entry could name it by, or the route's schema has replaced it. */
  | 'claim-missing'
  /** The list holds `maxEntries` that have not ended. */
  | 'list-full'

/** A revocation entry could not be made or kept. Whatever it should have denied is not denied: act on it. */
export class RevocationError extends TokenwardError {
  /** Why. */
  readonly code: RevocationErrorCode
  /** The member or claim it is about; `undefined` when it is about none. */
  readonly member: string | undefined

  constructor(code: RevocationErrorCode, message: string, member?: string) {
    super('RevocationError', message)
    this.code = code
    this.member = member
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, 'RevocationError')
  }
}
