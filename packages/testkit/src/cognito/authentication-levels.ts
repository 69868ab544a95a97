/** A level of authentication, and what a user does to reach it. */
export interface AuthenticationLevel {
  /** What `acr` says. */
  readonly acr: string
  /** What `amr` says. */
  readonly amr: readonly string[]
  readonly password: boolean
  /** Where a one-time code comes from; `undefined` without one. */
  readonly codeFrom: string | undefined
}

/**
 * The four levels of Cognito, by the names they have unless a pool renames them, lowest first; of the combinations of
 * factors that reach a level, one each.
 */
export const LEVELS: readonly [AuthenticationLevel, ...AuthenticationLevel[]] = [
  { acr: 'urn:cognito:loa:1', amr: ['pwd'], password: true, codeFrom: undefined },
  { acr: 'urn:cognito:loa:2', amr: ['email_otp'], password: false, codeFrom: 'your e-mail' },
  { acr: 'urn:cognito:loa:3', amr: ['pwd', 'email_otp', 'mfa'], password: true, codeFrom: 'your e-mail' },
  { acr: 'urn:cognito:loa:4', amr: ['pwd', 'otp', 'mfa'], password: true, codeFrom: 'your authenticator app' },
]

/** The first of the levels asked for that there is; the others are ignored. `undefined` when there is none. */
export function levelAskedFor(acrValues: string): AuthenticationLevel | undefined {
  for (const acr of acrValues.split(' ')) {
    const level = LEVELS.find((known) => known.acr === acr)
    if (level !== undefined) return level
  }
  return undefined
}

export function reaches(level: AuthenticationLevel, wanted: AuthenticationLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(wanted)
}
