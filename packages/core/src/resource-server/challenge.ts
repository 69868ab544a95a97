import { type RefusalCode, refusals } from '../outcomes/operator-codes.js'

export interface ChallengeDetails {
  readonly realm: string
  readonly reason: RefusalCode
  /** Scopes the route demands; they are told when a scope is what is missing, and only then (RFC 6750 §3). */
  readonly scopes: readonly string[]
}

/** The `WWW-Authenticate` value of a refusal (RFC 6750 §3). The realm is there because a challenge needs a parameter. */
export function bearerChallenge({ realm, reason, scopes }: ChallengeDetails): string {
  const { error, description } = refusals[reason]
  const parameters = [`realm=${quoted(realm)}`]
  if (error !== undefined) {
    parameters.push(`error=${quoted(error)}`, `error_description=${quoted(description)}`)
    if (reason === 'scope-missing') parameters.push(`scope=${quoted(scopes.join(' '))}`)
  }
  return `Bearer ${parameters.join(', ')}`
}

/** A quoted-string (RFC 9110 §5.6.4): what could end it is escaped, what no header may hold is dropped. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&')}"`
}
