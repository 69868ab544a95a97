import type { OperatorCode } from '@tokenward/nestjs'
import { challenges } from './challenges.js'
import type { clientsOf } from './clients.js'
import type { DemoPool } from './running-demo.js'
import type { Chapter, Step } from './step.js'

const reader = { scopes: ['orders/read'] } as const

/** What becomes of tokens that are right, and of those that are wrong in one way. */
export function tokenChapters(pool: DemoPool, { call }: ReturnType<typeof clientsOf>): readonly Chapter[] {
  const forged = (
    tokenLabel: string,
    token: () => Promise<string>,
    reason: OperatorCode,
    because: string,
    challenge = challenges.invalid,
  ): Step => call('GET /orders', tokenLabel, token, { status: 401, challenge, reason, because })

  return [
    {
      heading: 'A token is minted, and a route is called with it and without',
      steps: [
        call('GET /health', 'no token', undefined, { status: 200, because: '@Public() opens the handler' }),
        call('GET /orders', 'scope orders/read', () => pool.accessToken(reader), {
          status: 200,
          because: 'signature, issuer, client, times and scope are right',
        }),
        call('GET /orders', 'no token', undefined, {
          status: 401,
          challenge: challenges.none,
          reason: 'no-credentials',
          because: 'nothing was presented, so no error code (RFC 6750 §3.1)',
        }),
      ],
    },
    {
      heading: 'Tokens that are wrong in one way',
      steps: [
        forged(
          'expired an hour ago',
          () => pool.forged.expired(reader),
          'token-expired',
          'exp has passed',
          challenges.expired,
        ),
        forged(
          'signed by another key',
          () => pool.forged.wrongKey(reader),
          'signature-invalid',
          'the right kid, the wrong key',
        ),
        forged(
          'claims changed after signing',
          () => pool.forged.tampered(reader),
          'signature-invalid',
          'the signature covers them',
        ),
        forged('alg none', () => pool.forged.algNone(reader), 'algorithm-not-allowed', 'the issuer is pinned to RS256'),
        forged(
          'HMAC with the public key',
          () => pool.forged.hs256WithPublicKey(reader),
          'algorithm-not-allowed',
          'the issuer is pinned to RS256',
        ),
        forged(
          'a key nobody published',
          () => pool.forged.unknownKid(reader),
          'unknown-key',
          'absent from keys fetched just now',
        ),
        forged(
          'another user pool',
          () => pool.forged.otherPool(reader),
          'issuer-not-trusted',
          'refused before any key is looked up',
        ),
        forged(
          'another app client',
          () => pool.forged.otherClient(reader),
          'client-not-accepted',
          'client_id is not on the list',
        ),
        forged('an ID token', () => pool.forged.idToken(), 'id-token-presented', 'token_use is id'),
        forged(
          'bound to a certificate',
          () => pool.forged.senderConstrained(reader),
          'sender-constraint-unchecked',
          'cnf is there and nothing proved it',
        ),
      ],
    },
  ]
}
