import { type JsonObject, type JsonValue, member } from '../vocabulary/json-object.js'

/** The claims every profile reads, with the types their specifications give them (RFC 7519 §4.1, RFC 8693 §4.3, RFC 9068 §2.2.1). */
export interface RegisteredClaims {
  readonly iss: string
  readonly sub: string
  /** Milliseconds since the epoch, as are the other times. */
  readonly exp: number
  readonly nbf: number | undefined
  readonly iat: number | undefined
  /** Always a list; empty when absent. */
  readonly aud: readonly string[]
  readonly clientId: string | undefined
  readonly jti: string | undefined
  /** When the user logged in. */
  readonly authTime: number | undefined
  /** How the user logged in. */
  readonly acr: string | undefined
}

/** The largest time a JavaScript date can hold, in seconds. */
const MAX_NUMERIC_DATE = 8.64e12

/**
 * Reads the registered claims, or `undefined` when one is missing or of another type. A claim of an unexpected type is
 * never skipped: that is how checks are fallen through.
 */
export function readRegisteredClaims(payload: JsonObject): RegisteredClaims | undefined {
  const iss = member(payload, 'iss')
  const sub = member(payload, 'sub')
  const exp = numericDate(member(payload, 'exp'))
  const nbf = numericDate(member(payload, 'nbf'))
  const iat = numericDate(member(payload, 'iat'))
  const aud = audience(member(payload, 'aud'))
  const clientId = optionalString(member(payload, 'client_id'))
  const jti = optionalString(member(payload, 'jti'))
  const authTime = numericDate(member(payload, 'auth_time'))
  const acr = optionalString(member(payload, 'acr'))
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '' || exp === undefined) return undefined
  if (exp === MALFORMED || nbf === MALFORMED || iat === MALFORMED || authTime === MALFORMED) return undefined
  if (aud === MALFORMED || clientId === MALFORMED || jti === MALFORMED || acr === MALFORMED) return undefined
  return { iss, sub, exp, nbf, iat, aud, clientId, jti, authTime, acr }
}

const MALFORMED = Symbol('malformed')
type Read<T> = T | typeof MALFORMED

function numericDate(value: JsonValue | undefined): Read<number | undefined> {
  if (value === undefined) return undefined
  // `JSON.parse` turns 1e999 into Infinity: a token that never expires.
  if (typeof value !== 'number' || !(Math.abs(value) <= MAX_NUMERIC_DATE)) return MALFORMED
  return value * 1_000
}

function audience(value: JsonValue | undefined): Read<readonly string[]> {
  if (value === undefined) return []
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every(isString) ? (value as readonly string[]) : MALFORMED
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function optionalString(value: JsonValue | undefined): Read<string | undefined> {
  if (value === undefined) return undefined
  return typeof value === 'string' && value !== '' ? value : MALFORMED
}
