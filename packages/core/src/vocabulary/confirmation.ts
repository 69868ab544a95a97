import { decodeBase64url } from './base64url.js'
import { isJsonObject, type JsonObject, type JsonValue } from './json-object.js'

/** How a token can be bound to its sender: to a client certificate (RFC 8705 §3.1), or to a key (RFC 9449 §6.1). */
export type ConfirmationMethod = 'x5t#S256' | 'jkt'

/** What a token is bound to: a SHA-256 thumbprint for each method, in base64url. Each must be shown. */
export type Confirmation = { readonly [method in ConfirmationMethod]?: string }

const THUMBPRINT_BYTES = 32

/**
 * Reads the `cnf` claim (RFC 7800 §3.1). `undefined`: the token is not bound. `'unverifiable'`: it says that it is, in a
 * way nobody can check here: another member, among others or alone, a thumbprint that is none, `null`, an empty object.
 * Such a token may pass as nothing.
 */
export function readConfirmation(claims: JsonObject): Confirmation | 'unverifiable' | undefined {
  if (!Object.hasOwn(claims, 'cnf')) return undefined
  const cnf = claims['cnf'] as JsonValue
  if (!isJsonObject(cnf)) return 'unverifiable'
  const members = Object.entries(cnf)
  const isVerifiable = members.length > 0 && members.every(([name, value]) => isMethod(name) && isThumbprint(value))
  return isVerifiable ? (cnf as Confirmation) : 'unverifiable'
}

function isMethod(name: string): name is ConfirmationMethod {
  return name === 'x5t#S256' || name === 'jkt'
}

/** SHA-256 in base64url without padding: 43 characters in one spelling. */
export function isThumbprint(value: unknown): value is string {
  return typeof value === 'string' && decodeBase64url(value)?.length === THUMBPRINT_BYTES
}
