import type { TokenFacts } from '../tokens/token-facts.js'
import type { RevocationEntry } from './revocation-entry.js'

/** What names the login of a token: Cognito's claim, and that of OpenID Connect (Front-Channel Logout 1.0 §3). */
export const LOGIN_CLAIMS = ['origin_jti', 'sid'] as const

/** A claim by its own name, so that nothing inherited stands in; only text that is not empty names anything. */
export function textClaim(claims: unknown, name: string): string | undefined {
  if (typeof claims !== 'object' || claims === null || !Object.hasOwn(claims, name)) return undefined
  const value = (claims as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

type Named = Exclude<RevocationEntry['kind'], 'issuer'>

/** Every name that an entry of a kind could name the token by. */
export function namesOf({ claims, subject, clientId }: TokenFacts, kind: Named): readonly string[] {
  switch (kind) {
    case 'token':
      return present(textClaim(claims, 'jti'))
    case 'login':
      return logins(claims)
    case 'user':
      return present(subject)
    case 'client':
      return present(clientId)
  }
}

const NONE: readonly string[] = []

function logins(claims: TokenFacts['claims']): readonly string[] {
  const names: string[] = []
  for (const claim of LOGIN_CLAIMS) {
    const name = textClaim(claims, claim)
    if (name !== undefined) names.push(name)
  }
  return names
}

function present(name: string | undefined): readonly string[] {
  return name === undefined || name === '' ? NONE : [name]
}
