import type { RefusalCode } from '../outcomes/operator-codes.js'
import { asciiBytes, decodeBase64url } from '../vocabulary/base64url.js'
import { type JsonObject, member, parseJsonBytes } from '../vocabulary/json-object.js'

/** A JWS in compact serialization (RFC 7515 §3.1), taken apart. Nothing in it is verified. */
export interface CompactJws {
  readonly header: JoseHeader
  readonly payload: JsonObject
  readonly signingInput: Uint8Array
  readonly signature: Uint8Array
}

/** The header members that are read. Anything that could name a key's address or be a key is not among them. */
export interface JoseHeader {
  readonly alg: string
  readonly kid: string | undefined
  readonly typ: string | undefined
}

/** Longer names come from nobody's key set; the bound keeps them out of memory. */
const MAX_KID_LENGTH = 512

/**
 * Parses a compact JWS strictly: size, exactly three parts, canonical base64url, valid UTF-8, JSON objects without
 * duplicate names. Every text that two parsers could read in two ways is refused.
 */
export function parseCompactJws(token: string, maxBytes: number): CompactJws | RefusalCode {
  const parts = takeApart(token, maxBytes)
  if (typeof parts === 'string') return parts
  const { header, encodedPayload, signingInput, signature } = parts
  const payload = parsePart(encodedPayload)
  return payload === undefined ? 'token-malformed' : { header, payload, signingInput, signature }
}

/** A compact JWS whose payload is still encoded; not every JWS holds JSON. */
export interface JwsParts extends Omit<CompactJws, 'payload'> {
  readonly encodedPayload: string
}

export function takeApart(token: string, maxBytes: number): JwsParts | RefusalCode {
  if (token.length > maxBytes) return 'token-too-large'
  const parts = token.split('.', 4)
  if (parts.length !== 3) return 'token-malformed'
  const [encodedHeader, encodedPayload, encodedSignature] = parts as [string, string, string]
  const headerObject = parsePart(encodedHeader)
  if (headerObject === undefined) return 'token-malformed'
  const header = readHeader(headerObject)
  if (typeof header === 'string') return header
  const signature = decodeBase64url(encodedSignature)
  if (signature === undefined) return 'token-malformed'
  return { header, encodedPayload, signingInput: asciiBytes(token.slice(0, token.lastIndexOf('.'))), signature }
}

function parsePart(part: string): JsonObject | undefined {
  const bytes = decodeBase64url(part)
  return bytes === undefined ? undefined : parseJsonBytes(bytes)
}

function readHeader(header: JsonObject): JoseHeader | RefusalCode {
  // RFC 7515 §4.1.11: whoever does not understand an extension must refuse; no extension is understood here. `b64` and
  // `zip` change what the payload means and are refused without `crit` as well.
  for (const name of ['crit', 'b64', 'zip']) if (Object.hasOwn(header, name)) return 'critical-header'
  const alg = member(header, 'alg')
  const kid = member(header, 'kid')
  const typ = member(header, 'typ')
  if (typeof alg !== 'string') return 'token-malformed'
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KID_LENGTH)) return 'token-malformed'
  if (typ !== undefined && typeof typ !== 'string') return 'token-malformed'
  return { alg, kid, typ }
}
