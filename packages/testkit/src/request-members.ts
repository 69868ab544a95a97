import { isObject, isText, kindOf } from './given-values.js'
import { refuseUnknown } from './known-names.js'

/** What a member of a request has to be; of `'other'` ones somebody else has an eye. */
export type MemberKind = 'text' | 'texts' | 'claims' | 'other'

interface Rule {
  readonly name: string
  accepts(value: unknown): boolean
}

const RULES: Readonly<Record<MemberKind, Rule>> = {
  text: { name: 'text', accepts: isText },
  texts: { name: 'a list of texts', accepts: (value) => Array.isArray(value) && value.every(isText) },
  claims: { name: 'an object of claims', accepts: isObject },
  other: { name: 'anything', accepts: () => true },
}

/** Checks what a token is asked for, member by member. One that is `undefined` is left out. */
export function checkMembers(
  maker: string,
  method: string,
  request: object,
  members: Readonly<Record<string, MemberKind>>,
): void {
  refuseUnknown(maker, method, request, Object.keys(members))
  for (const [member, value] of Object.entries(request)) {
    const { name, accepts } = RULES[members[member] as MemberKind]
    if (value === undefined || accepts(value)) continue
    const given = Array.isArray(value) ? 'a list of something else' : kindOf(value)
    throw new TypeError(`${maker}: ${method} takes ${member} as ${name}, not ${given}`)
  }
}
