import { type SigningKey, signRs256 } from './signing-key.js'

/** A JSON object of a token: header or claims. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Header and payload as they are signed. Cognito escapes slashes in JSON, so we do. */
export function signingInput(header: JsonRecord, payload: JsonRecord): string {
  return `${encode(header)}.${encode(payload)}`
}

/** A JWS in compact serialization. `alg` is whatever the header says; the signature is RS256. */
export function signJws(header: JsonRecord, payload: JsonRecord, key: SigningKey): string {
  const input = signingInput(header, payload)
  return `${input}.${signRs256(input, key)}`
}

/** Header, payload and signature of a JWS, decoded but not verified. */
export function decodeJws(token: string): {
  readonly header: JsonRecord
  readonly payload: JsonRecord
  readonly signature: string
} {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { header: decode(header), payload: decode(payload), signature }
}

function encode(object: JsonRecord): string {
  return Buffer.from(JSON.stringify(object).replaceAll('/', '\\/')).toString('base64url')
}

function decode(part: string): JsonRecord {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}
