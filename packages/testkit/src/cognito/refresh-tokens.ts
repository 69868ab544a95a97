import type { FakeClock } from '../fake-clock.js'
import type { JsonRecord } from '../jws/compact-jws.js'
import type { Randomness } from '../randomness.js'

/** What a refresh token stands for: the tokens the login began with, from which those of a refresh are made. */
interface RefreshGrant {
  readonly login: string
  readonly clientId: string
  readonly access: JsonRecord
  readonly id: JsonRecord | undefined
}

/** Why a refresh token is good no more, or that it is. */
type RefreshStanding = 'good' | 'expired' | 'rotated'

export interface RefreshTokens {
  issue(grant: RefreshGrant): string
  find(token: unknown): RefreshGrant | undefined
  standingOf(token: string): RefreshStanding
  /** Another token in the place of one, which is taken for `grace` milliseconds more. It expires when that would have. */
  rotate(token: string, grace: number): string
}

/** `RefreshTokenValidity` of app clients that say nothing else. */
const VALIDITY_MS = 30 * 86_400_000

interface RefreshRecord {
  readonly grant: RefreshGrant
  readonly expiresAt: number
  endsAt: number
}

export function createRefreshTokens(random: Randomness, clock: FakeClock): RefreshTokens {
  const records = new Map<string, RefreshRecord>()

  function add(grant: RefreshGrant, expiresAt: number): string {
    const token = newToken(random)
    records.set(token, { grant, expiresAt, endsAt: Number.POSITIVE_INFINITY })
    return token
  }

  return {
    issue: (grant) => add(grant, clock.now() + VALIDITY_MS),
    find: (token) => (typeof token === 'string' ? records.get(token)?.grant : undefined),
    standingOf(token) {
      const { expiresAt, endsAt } = records.get(token) as RefreshRecord
      const now = clock.now()
      if (endsAt <= now) return 'rotated'
      return expiresAt <= now ? 'expired' : 'good'
    },
    rotate(token, grace) {
      const record = records.get(token) as RefreshRecord
      // A retry within the grace does not prolong it. Without one the end is final, whatever the clock does.
      const end = grace === 0 ? Number.NEGATIVE_INFINITY : clock.now() + grace
      record.endsAt = Math.min(record.endsAt, end)
      return add(record.grant, record.expiresAt)
    },
  }
}

/** Refresh tokens are encrypted JWTs that only Cognito reads: a readable header, then four parts of noise. */
function newToken(random: Randomness): string {
  const header = Buffer.from(JSON.stringify({ cty: 'JWT', enc: 'A256GCM', alg: 'RSA-OAEP' })).toString('base64url')
  return [
    header,
    ...[256, 12, 600, 16].map((bytes) => random.bytes('refresh token', bytes).toString('base64url')),
  ].join('.')
}
