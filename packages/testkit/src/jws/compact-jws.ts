import { sign, type SigningKey } from './signing-key.js'

/** A JSON object of a token: header or claims. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Writes the JSON of a JWS. */
export type JsonWriter = (object: JsonRecord) => string

/** Header and payload as they are signed. */
export function signingInput(header: JsonRecord, payload: JsonRecord, write: JsonWriter = JSON.stringify): string {
  const [protectedHeader, claims] = [header, payload].map((part) => Buffer.from(write(part)).toString('base64url'))
  return `${protectedHeader}.${claims}`
}

/** A JWS in compact serialization. `alg` is whatever the header says; the signature is made as the key's kind demands. */
export async function signJws(
  header: JsonRecord,
  payload: JsonRecord,
  key: SigningKey,
  write?: JsonWriter,
): Promise<string> {
  const input = signingInput(header, payload, write)
  return `${input}.${await sign(input, key)}`
}

/** A JWS taken apart, but not verified. */
export interface DecodedJws {
  readonly header: JsonRecord
  readonly payload: JsonRecord
  /** What is signed. */
  readonly input: string
  readonly signature: string
}

/** Header, payload and signature of a JWS. Throws for text that is none. */
export function decodeJws(token: string): DecodedJws {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return { header: decode(header), payload: decode(payload), input: `${header}.${payload}`, signature }
}

/** As {@link decodeJws}; `undefined` for text that is none. */
export function tryDecodeJws(token: string): DecodedJws | undefined {
  if (token.split('.').length !== 3) return undefined
  try {
    return decodeJws(token)
  } catch {
    return undefined
  }
}

function decode(part: string): JsonRecord {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('Not a JSON object')
  return value as JsonRecord
}
