import { challenges } from './challenges.js'
import { type clientsOf, closingOf, messageOn } from './clients.js'
import type { DemoPool } from './running-demo.js'
import { loggedIn } from './policy-chapters.js'
import type { Chapter } from './step.js'

const live = 'aws.cognito.signin.user.admin'
const reader = { scopes: ['orders/read'] } as const
const writer = { scopes: ['orders/write'] } as const
const admin = { scopes: [live], groups: ['admins'] } as const

/** What routes, operations and connections ask of a token that is right. */
export function routeChapters(
  pool: DemoPool,
  { call, operate, knock, listen }: ReturnType<typeof clientsOf>,
): readonly Chapter[] {
  const readerToken = once(() => pool.accessToken(reader))
  const adminToken = once(() => pool.accessToken(admin))
  const listener = once(() => pool.accessToken({ ...reader, sub: 'listener' }))
  let feed: WebSocket

  return [
    {
      heading: 'Tokens that are right, on routes that ask for more',
      steps: [
        call('DELETE /orders/1', 'scope orders/read', readerToken, {
          status: 403,
          challenge: challenges.lacks('orders/write'),
          reason: 'scope-missing',
          because: 'the challenge names the scope to ask for',
        }),
        call('DELETE /orders/1', 'scope orders/write', () => pool.accessToken(writer), {
          status: 204,
          because: 'the scope is there',
        }),
        call('GET /orders/report', 'not in managers', readerToken, {
          status: 403,
          challenge: challenges.notAllowed,
          reason: 'group-missing',
          because: '@RequireGroups is not met',
        }),
        call('GET /orders/report', 'in managers', () => pool.accessToken({ ...reader, groups: ['managers'] }), {
          status: 200,
          because: 'scope and group are there',
        }),
      ],
    },
    {
      heading: "Admins delete on @MaxRevocationLag('0s'): Cognito is asked each time",
      steps: [
        call('DELETE /admin/orders/2', 'in admins', adminToken, {
          status: 204,
          because: 'Cognito says that the login goes on',
        }),
      ],
    },
    {
      heading: 'The admin is signed out at Cognito; nothing here is told',
      async prepare() {
        pool.clock.advance('1m')
        await pool.revoke(await adminToken())
      },
      steps: [
        call('GET /me', 'signed out', adminToken, {
          status: 200,
          because: 'a route that bounds nothing trusts the token until it expires',
        }),
        call('DELETE /admin/orders/3', 'signed out', adminToken, {
          status: 401,
          challenge: challenges.invalid,
          reason: 'token-revoked',
          because: 'Cognito says that the login is over',
        }),
        call('GET /me', 'signed out', adminToken, {
          status: 401,
          challenge: challenges.invalid,
          reason: 'token-revoked',
          because: 'what one route has learned closes the others',
        }),
      ],
    },
    {
      heading: 'The same over GraphQL, with errors of its own',
      steps: [
        operate('{ orders { id } }', 'scope orders/read', readerToken, {
          status: 200,
          because: 'resolvers have the same decorators',
        }),
        operate('{ orders { id } }', 'no token', undefined, {
          status: 401,
          challenge: challenges.none,
          reason: 'no-credentials',
          because: 'a GraphQLError whose extensions hold the challenge',
        }),
        operate('mutation { removeOrder(id: "3") }', 'not in admins', readerToken, {
          status: 403,
          challenge: challenges.notAllowed,
          reason: 'group-missing',
          because: '@RequireGroups is not met',
        }),
      ],
    },
    {
      heading: 'A feed over a WebSocket, which ends with the login',
      steps: [
        knock('no token', undefined, {
          status: 401,
          challenge: challenges.none,
          reason: 'no-credentials',
          because: 'refused before it is a connection',
        }),
        {
          what: 'WebSocket /feed',
          tokenLabel: 'scope orders/read',
          async send() {
            feed = await listen(listener)
            const next = messageOn(feed)
            await call('POST /orders/3/refund', '', loggedIn(pool, 'eve', 'mfa', 1), {
              status: 204,
              because: '',
            }).send()
            return { status: 101, received: await next }
          },
          expected: { status: 101, received: '{"event":"refunded","data":"3"}', because: 'it is told of a refund' },
        },
        {
          what: 'POST /sign-out',
          tokenLabel: 'the same login',
          async send() {
            const closing = closingOf(feed)
            await call('POST /sign-out', '', listener, { status: 204, because: '' }).send()
            return closing
          },
          expected: {
            status: 3000,
            received: 'invalid_token: The access token is invalid',
            reason: 'token-revoked',
            because: 'the revocation list closes what is open, at once',
          },
        },
      ],
    },
  ]
}

/** What an outage is, and what it is not. */
export function keyChapters(pool: DemoPool, { call }: ReturnType<typeof clientsOf>): readonly Chapter[] {
  const oldToken = once(() => pool.accessToken(reader))
  const rotatedToken = once(() => pool.accessToken(reader))
  return [
    {
      heading: 'The pool rotates its keys',
      async prepare() {
        await oldToken()
        await pool.rotateKeys()
        pool.clock.advance('2s')
      },
      steps: [
        call('GET /orders', 'signed by the new key', rotatedToken, {
          status: 200,
          because: 'the unknown kid led to one fetch, which brought it',
        }),
        call('GET /orders', 'signed by the old key', oldToken, { status: 200, because: 'the pool still publishes it' }),
      ],
    },
    {
      heading: 'The key endpoint goes down',
      async prepare() {
        pool.jwks.fail({ status: 503 })
        pool.clock.advance('11m')
        await pool.rotateKeys()
      },
      steps: [
        call('GET /orders', 'signed by a known key', rotatedToken, {
          status: 200,
          because: 'keys at hand serve on until maxAge',
        }),
        call('GET /orders', 'signed by a newer key', () => pool.accessToken(reader), {
          status: 503,
          retryAfter: '1',
          reason: 'jwks-unreachable',
          because: 'an outage is never a 401: nobody is logged out',
        }),
      ],
    },
  ]
}

function once(make: () => Promise<string>): () => Promise<string> {
  let made: Promise<string> | undefined
  return () => (made ??= make())
}
