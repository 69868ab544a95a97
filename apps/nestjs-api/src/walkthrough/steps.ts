import type { OperatorCode } from '@tokenward/nestjs'
import type { RunningDemo } from './running-demo.js'

/** One request and the answer it must get. */
export interface Step {
  readonly request: StepRequest
  readonly expected: ExpectedAnswer
}

interface StepRequest {
  readonly method: 'GET' | 'DELETE'
  readonly path: string
  /** Makes the token to send; `undefined` sends none. */
  readonly token: (() => Promise<string>) | undefined
  /** Shown in place of the token, which is long. */
  readonly tokenLabel: string
}

interface ExpectedAnswer {
  readonly status: number
  /** The whole `WWW-Authenticate` header. */
  readonly challenge?: string
  readonly retryAfter?: string
  readonly reason?: OperatorCode
  /** What it shows. */
  readonly because: string
}

/** Steps under one heading, with what is done before them. */
export interface Chapter {
  readonly heading: string
  readonly prepare?: () => Promise<void>
  readonly steps: readonly Step[]
}

const INVALID = 'Bearer realm="orders", error="invalid_token", error_description="The access token is invalid"'
const EXPIRED = 'Bearer realm="orders", error="invalid_token", error_description="The access token expired"'
const NOT_ALLOWED =
  'Bearer realm="orders", error="insufficient_scope", error_description="The access token does not allow this request"'

export function chapters({ pool }: RunningDemo): readonly Chapter[] {
  const reader = { scopes: ['orders/read'] } as const
  const readerToken = once(() => pool.accessToken(reader))
  const rotatedToken = once(() => pool.accessToken(reader))

  const forged = (
    tokenLabel: string,
    token: () => Promise<string>,
    reason: OperatorCode,
    because: string,
    challenge = INVALID,
  ): Step => ({ request: list(tokenLabel, token), expected: { status: 401, challenge, reason, because } })

  return [
    {
      heading: 'A token is minted, and a route is called with it and without',
      steps: [
        {
          request: { method: 'GET', path: '/health', token: undefined, tokenLabel: 'no token' },
          expected: { status: 200, because: '@Public() opens the handler' },
        },
        {
          request: list('scope orders/read', readerToken),
          expected: { status: 200, because: 'signature, issuer, client, times and scope are right' },
        },
        {
          request: list('no token', undefined),
          expected: {
            status: 401,
            challenge: 'Bearer realm="orders"',
            reason: 'no-credentials',
            because: 'nothing was presented, so no error code (RFC 6750 §3.1)',
          },
        },
      ],
    },
    {
      heading: 'Tokens that are wrong in one way',
      steps: [
        forged('expired an hour ago', () => pool.forged.expired(reader), 'token-expired', 'exp has passed', EXPIRED),
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
    {
      heading: 'Tokens that are right, on routes that ask for more',
      steps: [
        {
          request: { method: 'DELETE', path: '/orders/1', token: readerToken, tokenLabel: 'scope orders/read' },
          expected: {
            status: 403,
            challenge:
              'Bearer realm="orders", error="insufficient_scope", error_description="The access token lacks a required scope", scope="orders/write"',
            reason: 'scope-missing',
            because: 'the challenge names the scope to ask for',
          },
        },
        {
          request: {
            method: 'DELETE',
            path: '/orders/1',
            token: () => pool.accessToken({ scopes: ['orders/write'] }),
            tokenLabel: 'scope orders/write',
          },
          expected: { status: 204, because: 'the scope is there' },
        },
        {
          request: { method: 'GET', path: '/orders/report', token: readerToken, tokenLabel: 'not in managers' },
          expected: {
            status: 403,
            challenge: NOT_ALLOWED,
            reason: 'group-missing',
            because: '@RequireGroups is not met',
          },
        },
        {
          request: {
            method: 'GET',
            path: '/orders/report',
            token: () => pool.accessToken({ ...reader, groups: ['managers'] }),
            tokenLabel: 'in managers',
          },
          expected: { status: 200, because: 'scope and group are there' },
        },
      ],
    },
    {
      heading: 'The pool rotates its keys',
      async prepare() {
        await pool.rotateKeys()
        pool.clock.advance('2s')
      },
      steps: [
        {
          request: list('signed by the new key', rotatedToken),
          expected: { status: 200, because: 'the unknown kid led to one fetch, which brought it' },
        },
        {
          request: list('signed by the old key', readerToken),
          expected: { status: 200, because: 'the pool still publishes it' },
        },
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
        {
          request: list('signed by a known key', rotatedToken),
          expected: { status: 200, because: 'keys at hand serve on until maxAge' },
        },
        {
          request: list('signed by a newer key', () => pool.accessToken(reader)),
          expected: {
            status: 503,
            retryAfter: '1',
            reason: 'jwks-unreachable',
            because: 'an outage is never a 401: nobody is logged out',
          },
        },
      ],
    },
  ]
}

function list(tokenLabel: string, token: StepRequest['token']): StepRequest {
  return { method: 'GET', path: '/orders', token, tokenLabel }
}

function once(make: () => Promise<string>): () => Promise<string> {
  let made: Promise<string> | undefined
  return () => (made ??= make())
}
