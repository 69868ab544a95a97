import { type JsonObject } from './json-object.js'

/**
 * Whether a token says it is bound to a sender's key (`cnf`, RFC 7800 §3.1), whatever the value: `null`, an empty
 * object or a text count too. Only a check of that key may let such a token pass.
 */
export function isSenderConstrained(claims: JsonObject): boolean {
  return Object.hasOwn(claims, 'cnf')
}
