import type { FakeClock } from '../fake-clock.js'
import type { Randomness } from '../randomness.js'
import type { AuthorizationRequest } from './authorization-request.js'
import type { BrowserSession } from './browser-sessions.js'

/** What a code stands for: who signed in, and what was asked for. */
export interface CodeGrant {
  readonly request: AuthorizationRequest
  readonly session: BrowserSession
}

/** Authorization codes: each good once, for five minutes. */
export interface AuthorizationCodes {
  issue(grant: CodeGrant): string
  /** Takes a code back; `undefined` for one that was never issued, was taken before, or is too old. */
  redeem(code: string): CodeGrant | undefined
}

const VALIDITY_MS = 300_000

export function createAuthorizationCodes(random: Randomness, clock: FakeClock): AuthorizationCodes {
  const codes = new Map<string, CodeGrant & { readonly expiresAt: number }>()
  return {
    issue(grant) {
      const code = random.uuid('code')
      codes.set(code, { ...grant, expiresAt: clock.now() + VALIDITY_MS })
      return code
    },
    redeem(code) {
      const known = codes.get(code)
      codes.delete(code)
      return known === undefined || known.expiresAt <= clock.now() ? undefined : known
    },
  }
}
