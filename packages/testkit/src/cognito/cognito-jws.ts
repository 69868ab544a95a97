import { type JsonRecord, type JsonWriter, signingInput as inputOf, signJws as sign } from '../jws/compact-jws.js'
import type { SigningKey } from '../jws/signing-key.js'

/** Cognito escapes slashes in the JSON of its tokens. */
const write: JsonWriter = (object) => JSON.stringify(object).replaceAll('/', '\\/')

export function signingInput(header: JsonRecord, payload: JsonRecord): string {
  return inputOf(header, payload, write)
}

/** A token with the header it is told; Cognito's own have `kid` and `alg`, and no `typ`. */
export function signJws(header: JsonRecord, payload: JsonRecord, key: SigningKey): Promise<string> {
  return sign(header, payload, key, write)
}
