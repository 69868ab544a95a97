import { type JsonObject, member } from './json-object.js'

/** What an authorization server says about a token (RFC 7662 §2.2). */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true
      /** Everything the answer holds, `active` included. */
      readonly members: JsonObject
    }

const INACTIVE: IntrospectionResponse = Object.freeze({ active: false })

/**
 * Reads an answer. `active` must be a boolean: the text `"true"`, a 1 or nothing at all says neither yes nor no, and is
 * `undefined` here. What a server adds to an inactive answer is not looked at.
 */
export function readIntrospectionResponse(answer: JsonObject): IntrospectionResponse | undefined {
  const active = member(answer, 'active')
  if (active === false) return INACTIVE
  return active === true ? Object.freeze({ active, members: answer }) : undefined
}
