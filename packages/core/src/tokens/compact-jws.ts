import type { RefusalCode } from '../outcomes/operator-codes.js'
import { decodeBase64url, decodeBase64urlText } from '../vocabulary/base64url.js'
import { type JsonObject, member, parseJsonObject } from '../vocabulary/json-object.js'
import type { JoseHeader } from './jose-header.js'
import type { KnownHeaders } from './known-headers.js'

/** A JWS in compact serialization (RFC 7515 §3.1), taken apart. Nothing in it is verified. */
export interface CompactJws {
  readonly header: JoseHeader
  readonly payload: JsonObject
  /** What was signed: ASCII, both parts and the dot between them. */
  readonly signingInput: string
  readonly signature: Uint8Array
}

/** Longer names come from nobody's key set; the bound keeps them out of memory. */
const MAX_KID_LENGTH = 512

/**
 * Parses a compact JWS strictly: size, exactly three parts, canonical base64url, valid UTF-8, JSON objects without
 * duplicate names. Every text that two parsers could read in two ways is refused.
 */
export function parseCompactJws(token: string, maxBytes: number, known?: KnownHeaders): CompactJws | RefusalCode {
  const parts = takeApart(token, maxBytes, known)
  if (typeof parts === 'string') return parts
  const { header, encodedPayload, signingInput, signature } = parts
  const payload = parsePart(encodedPayload)
  return payload === undefined ? 'token-malformed' : { header, payload, signingInput, signature }
}

/** A compact JWS whose payload is still encoded; not every JWS holds JSON. */
export interface JwsParts extends Omit<CompactJws, 'payload'> {
  readonly encodedPayload: string
}

export function takeApart(token: string, maxBytes: number, known?: KnownHeaders): JwsParts | RefusalCode {
  if (token.length > maxBytes) return 'token-too-large'
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first === -1 || second === -1 || token.includes('.', second + 1)) return 'token-malformed'
  const encodedHeader = token.slice(0, first)
  const header = known?.find(encodedHeader) ?? parseHeader(encodedHeader)
  if (typeof header === 'string') return header
  const signature = decodeBase64url(token.slice(second + 1))
  if (signature === undefined) return 'token-malformed'
  return { header, encodedPayload: token.slice(first + 1, second), signingInput: token.slice(0, second), signature }
}

function parsePart(part: string): JsonObject | undefined {
  const text = decodeBase64urlText(part)
  return text === undefined ? undefined : parseJsonObject(text)
}

function parseHeader(encoded: string): JoseHeader | RefusalCode {
  const header = parsePart(encoded)
  if (header === undefined) return 'token-malformed'
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
