import { decodeBase64url } from '../vocabulary/base64url.js'
import { isJsonObject, type JsonObject, type JsonValue, member, parseJsonBytes } from '../vocabulary/json-object.js'

/** A proof taken apart (RFC 9449 §4.2). Nothing in it is verified. */
export interface DpopProof {
  readonly algorithm: string
  readonly jwk: JsonObject
  /** As it came: the same text says the same. */
  readonly encodedHeader: string
  readonly claims: DpopClaims
  readonly signingInput: string
  readonly signature: Uint8Array
}

export interface DpopClaims {
  readonly jti: string
  readonly htm: string
  readonly htu: string
  /** Milliseconds since the epoch, as are the other times. */
  readonly iat: number
  readonly exp: number | undefined
  readonly nbf: number | undefined
  readonly ath: string | undefined
  readonly nonce: string | undefined
}

/** The largest RSA keys and signatures that are accepted leave half of it to the claims. */
const MAX_LENGTH = 8_192
/** The largest time a JavaScript date can hold, in seconds. */
const MAX_NUMERIC_DATE = 8.64e12

/** Parses a proof as strictly as a token; `undefined` where it is none, or says what no proof may say. */
export function parseDpopProof(text: string): DpopProof | undefined {
  const parts = text.length > MAX_LENGTH ? [] : text.split('.', 4)
  if (parts.length !== 3) return undefined
  const [encodedHeader, encodedClaims, encodedSignature] = parts as [string, string, string]
  const header = jsonOf(encodedHeader)
  const claims = jsonOf(encodedClaims)
  const signature = decodeBase64url(encodedSignature)
  if (header === undefined || claims === undefined || signature === undefined) return undefined
  const [algorithm, jwk] = [member(header, 'alg'), member(header, 'jwk')]
  if (member(header, 'typ') !== 'dpop+jwt' || typeof algorithm !== 'string' || !isJsonObject(jwk)) return undefined
  // As of a token: no extension is understood (RFC 7515 §4.1.11), and these change what the claims mean.
  if (['crit', 'b64', 'zip'].some((name) => Object.hasOwn(header, name))) return undefined
  const read = readClaims(claims)
  if (read === undefined) return undefined
  const signingInput = text.slice(0, text.lastIndexOf('.'))
  return { algorithm, jwk, encodedHeader, claims: read, signingInput, signature }
}

function jsonOf(part: string): JsonObject | undefined {
  const bytes = decodeBase64url(part)
  return bytes === undefined ? undefined : parseJsonBytes(bytes)
}

function readClaims(claims: JsonObject): DpopClaims | undefined {
  const [jti, htm, htu, iat] = ['jti', 'htm', 'htu', 'iat'].map((name) => member(claims, name))
  if (typeof jti !== 'string' || jti === '' || typeof htm !== 'string' || typeof htu !== 'string') return undefined
  const [ath, nonce, exp, nbf] = ['ath', 'nonce', 'exp', 'nbf'].map((name) => member(claims, name))
  if (!isTime(iat) || !isTimeIfAny(exp) || !isTimeIfAny(nbf)) return undefined
  if (!isTextIfAny(ath) || !isTextIfAny(nonce)) return undefined
  return { jti, htm, htu, iat: iat * 1_000, exp: milliseconds(exp), nbf: milliseconds(nbf), ath, nonce }
}

function isTime(value: JsonValue | undefined): value is number {
  // `JSON.parse` turns 1e999 into Infinity.
  return typeof value === 'number' && Math.abs(value) <= MAX_NUMERIC_DATE
}

function isTimeIfAny(value: JsonValue | undefined): value is number | undefined {
  return value === undefined || isTime(value)
}

function isTextIfAny(value: JsonValue | undefined): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000
}
