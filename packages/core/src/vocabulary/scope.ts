import type { JsonValue } from './json-object.js'

/** One scope token: printable ASCII without space, `"` and `\` (RFC 6749 §3.3). */
export function isScopeToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}

/** Most tokens have the scopes of the one before. */
let latest: { readonly text: string; readonly scopes: readonly string[] } = { text: '', scopes: Object.freeze([]) }

function split(text: string): readonly string[] {
  const scopes = text.split(' ')
  latest = { text, scopes: Object.freeze(scopes.includes('') ? scopes.filter((scope) => scope !== '') : scopes) }
  return latest.scopes
}

/**
 * Scopes of a claim: a space-delimited string (RFC 6749 §3.3, RFC 9068 §2.2.3) or, as some servers write it, an array
 * of strings. Absent means none; any other shape is `undefined`: such a token is malformed, not merely without scopes.
 */
export function parseScopeClaim(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined) return Object.freeze([])
  if (typeof value === 'string') return value === latest.text ? latest.scopes : split(value)
  return parseStringArray(value)
}

/** An array of strings, `[]` when absent, `undefined` for any other shape. */
export function parseStringArray(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined) return Object.freeze([])
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return undefined
  return value as readonly string[]
}
