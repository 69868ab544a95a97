import { challenges } from './challenges.js'
import type { clientsOf } from './clients.js'
import type { DemoPool } from './running-demo.js'
import type { Chapter } from './step.js'

/** A token of an admin, by how and when she logged in. */
export function loggedIn(pool: DemoPool, sub: string, acr: string, minutesAgo: number, groups = ['admins']) {
  const auth_time = () => Math.floor(pool.clock.now() / 1_000) - minutesAgo * 60
  return () => pool.accessToken({ sub, groups, scopes: ['orders/write'], claims: { acr, auth_time: auth_time() } })
}

/** What becomes of requests that a token alone does not decide. */
export function policyChapters(pool: DemoPool, { call }: ReturnType<typeof clientsOf>): readonly Chapter[] {
  const reader = (sub: string) => () => pool.accessToken({ sub, scopes: ['orders/read'] })
  const denied = { status: 403, challenge: challenges.notAllowed, reason: 'decision-denied' } as const

  return [
    {
      heading: 'Whose order is it? Policies of Cedar decide: @Authorize',
      steps: [
        call('GET /orders/3', 'of ann', reader('ann'), { status: 200, because: 'owners-read permits it' }),
        call('GET /orders/3', 'of ben', reader('ben'), { ...denied, because: 'nothing permits it' }),
        call('GET /orders/9', 'of ann', reader('ann'), {
          ...denied,
          reason: 'resource-unknown',
          because: 'who may not see an order does not learn that there is none',
        }),
      ],
    },
    {
      heading: 'A refund asks for a second factor, and a recent one: @StepUp; then the policies decide',
      steps: [
        call('POST /orders/3/refund', 'admin, with a password', loggedIn(pool, 'eve', 'pwd', 1), {
          status: 401,
          challenge: challenges.stepUp('A different authentication level is required'),
          reason: 'acr-not-accepted',
          because: 'the client sends the user to log in with mfa (RFC 9470)',
        }),
        call('POST /orders/3/refund', 'admin, mfa, an hour ago', loggedIn(pool, 'eve', 'mfa', 60), {
          status: 401,
          challenge: challenges.stepUp('More recent authentication is required'),
          reason: 'authentication-too-old',
          because: 'five minutes is all it may be',
        }),
        call('POST /orders/3/refund', 'mfa, not in admins', loggedIn(pool, 'ben', 'mfa', 1, []), {
          ...denied,
          because: 'admins-refund does not permit it',
        }),
        call('POST /orders/2/refund', 'admin, her own order', loggedIn(pool, 'eve', 'mfa', 1), {
          ...denied,
          because: 'nobody-refunds-themselves forbids it',
        }),
        call('POST /orders/3/refund', 'admin, mfa, a minute ago', loggedIn(pool, 'eve', 'mfa', 1), {
          status: 204,
          because: 'login and policies are met',
        }),
      ],
    },
  ]
}
