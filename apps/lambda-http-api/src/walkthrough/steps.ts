import { pause, type RunningDemo } from './running-demo.js'

/** One thing a client does, and what must come of it. */
export interface Step {
  /** What is called, and with what. */
  readonly call: string
  readonly run: () => Promise<string>
  readonly expected: string
  readonly because: string
  /** The reason that must be in the log of a function, where no client sees it. */
  readonly logged?: string
}

/** Steps under one heading. */
export interface Chapter {
  readonly heading: string
  readonly steps: readonly Step[]
}

/** What a token must have for `GetUser`, so that Cognito can be asked about it. */
const LIVENESS_SCOPE = 'aws.cognito.signin.user.admin'
/** The bound of `DELETE /orders/{id}`. */
const BOUND_MS = 10_000

export function chapters(demo: RunningDemo): readonly Chapter[] {
  return [
    { heading: 'Authorizers of the gateway', steps: gatewaySteps(demo) },
    { heading: "What this emulator's JWT authorizer lets in, and the function does not", steps: skippedSteps(demo) },
    { heading: 'An outage is no refusal', steps: outageSteps(demo) },
    { heading: 'A result that is kept, and a revocation', steps: revocationSteps(demo) },
  ]
}

function gatewaySteps({ apiUrl, pool }: RunningDemo): readonly Step[] {
  const call = (route: string, token?: Promise<string>) => told(apiUrl, route, token)
  const scoped = (...scopes: ('orders/read' | 'orders/write')[]) => pool.accessToken({ sub: 'u1', scopes })
  return [
    {
      call: 'GET /health',
      run: () => call('GET /health'),
      expected: '200 {"status":"ok"}',
      because: 'a route without an authorizer is open',
    },
    {
      call: 'GET /orders without a token',
      run: () => call('GET /orders'),
      expected: '401',
      because: 'the JWT authorizer has nothing to look at',
    },
    {
      call: 'GET /orders with orders/read',
      run: () => call('GET /orders', scoped('orders/read')),
      expected: '200 {"orders":["espresso cups","coffee beans"],"for":"u1"}',
      because: 'the gateway lets it in, and the function verifies it again',
    },
    {
      call: 'GET /orders with orders/write',
      run: () => call('GET /orders', scoped('orders/write')),
      expected: '403',
      because: 'the gateway knows the scopes of the route from the policy',
    },
    {
      call: 'POST /orders without a token',
      run: () => call('POST /orders'),
      expected: '401',
      because: 'the identity source is missing, so that the authorizer is not called',
    },
    {
      call: 'POST /orders with orders/read',
      run: () => call('POST /orders', scoped('orders/read')),
      expected: '403',
      because: 'all scopes have to be there, where a JWT authorizer takes any',
      logged: 'scope-missing',
    },
    {
      call: 'POST /orders with both scopes',
      run: () => call('POST /orders', scoped('orders/read', 'orders/write')),
      expected: '200 {"added":"a milk jug","by":"u1"}',
      because: 'the context of the authorizer says who it is',
    },
    {
      call: 'POST /orders with a forged token',
      run: () => call('POST /orders', pool.forged.wrongKey({ scopes: ['orders/read', 'orders/write'] })),
      expected: '403',
      because: 'an HTTP API has no other status for what its authorizer refuses',
      logged: 'signature-invalid',
    },
  ]
}

function skippedSteps({ apiUrl, pool }: RunningDemo): readonly Step[] {
  const call = (route: string, token?: Promise<string>) => told(apiUrl, route, token)
  return [
    {
      call: 'GET /orders with a forged token',
      run: () => call('GET /orders', pool.forged.wrongKey({ scopes: ['orders/read'] })),
      expected: '401 error="invalid_token"',
      because: 'the emulator checks no signature (--ignoreJWTSignature)',
      logged: 'signature-invalid',
    },
    {
      call: 'GET /me with alg: none',
      run: () => call('GET /me', pool.forged.algNone({ groups: ['staff'] })),
      expected: '401 error="invalid_token"',
      because: 'nor whether there is one; the claims it hands on count for nothing',
      logged: 'algorithm-not-allowed',
    },
    {
      call: 'GET /me with an ID token',
      run: () => call('GET /me', pool.idToken({ sub: 'u1', groups: ['staff'] })),
      expected: '401 error="invalid_token"',
      because: 'a route without scopes takes ID tokens, at API Gateway as here',
      logged: 'id-token-presented',
    },
    {
      call: 'GET /me with another group',
      run: () => call('GET /me', pool.accessToken({ sub: 'u1', groups: ['guests'] })),
      expected: '403 error="insufficient_scope"',
      because: 'groups are read from the token, not from what the gateway writes',
      logged: 'group-missing',
    },
    {
      call: 'GET /me with the group',
      run: () => call('GET /me', pool.accessToken({ sub: 'u1', groups: ['staff'] })),
      expected: '200 {"subject":"u1","groups":["staff"]}',
      because: 'the token is what it says',
    },
  ]
}

function outageSteps({ apiUrl, pool }: RunningDemo): readonly Step[] {
  const token = pool.accessToken({ sub: 'u1', scopes: ['orders/write', LIVENESS_SCOPE] })
  const call = (route: string) => told(apiUrl, route, token)
  return [
    {
      call: 'DELETE /orders/7 while Cognito is down',
      async run() {
        pool.getUser.fail({ status: 503, times: 10 })
        return call('DELETE /orders/7')
      },
      expected: '401',
      because: 'the authorizer fails: 500 at API Gateway, 401 at this emulator',
      logged: 'live-check-failed',
    },
    {
      call: 'DELETE /orders while Cognito is down',
      run: () => call('DELETE /orders'),
      expected: '503',
      because: 'the function decides itself, and tells clients to come back',
      logged: 'live-check-failed',
    },
    {
      call: 'DELETE /orders/7 when it is back',
      async run() {
        pool.getUser.recover()
        return call('DELETE /orders/7')
      },
      expected: '200 {"removed":"7","by":"u1","evidence":"live-call"}',
      because: 'the same token: nothing was kept of the outage',
    },
  ]
}

function revocationSteps(demo: RunningDemo): readonly Step[] {
  const { apiUrl, pool } = demo
  const token = pool.accessToken({ sub: 'u2', scopes: ['orders/write', LIVENESS_SCOPE] })
  const call = (route: string) => told(apiUrl, route, token)
  const withCalls = async (route: string) => {
    const before = pool.getUser.hits
    const got = await call(route)
    return `${got}, ${pool.getUser.hits - before} calls to Cognito`
  }
  return [
    {
      call: 'DELETE /orders/1',
      run: () => withCalls('DELETE /orders/1'),
      expected: '200 {"removed":"1","by":"u2","evidence":"live-call"}, 1 calls to Cognito',
      because: 'the authorizer asks Cognito, and the result is kept for four seconds',
    },
    {
      call: 'DELETE /orders/2 at once',
      run: () => withCalls('DELETE /orders/2'),
      expected: '200 {"removed":"2","by":"u2","evidence":"live-call"}, 0 calls to Cognito',
      because: 'the same route and token: the authorizer is not called',
    },
    {
      call: 'DELETE /orders after the revocation',
      async run() {
        await pool.revoke(await token)
        return call('DELETE /orders')
      },
      expected: '401 error="invalid_token"',
      because: "maxRevocationLag: '0s' sees it at once",
      logged: 'token-revoked',
    },
    {
      call: 'DELETE /orders/1 after the revocation',
      async run() {
        const revoked = Date.now()
        for (;;) {
          const sent = Date.now()
          const got = await call('DELETE /orders/1')
          if (sent - revoked > BOUND_MS) return got
          if (got === '403') return '403, within the bound'
          await pause(100)
        }
      },
      expected: '403, within the bound',
      because: "maxRevocationLag: '10s', decided for the end of the four seconds",
      logged: 'token-revoked',
    },
    {
      call: 'fetches of the key set',
      run: async () => String(demo.keyFetches()),
      expected: '0',
      because: 'the deployment has written the keys down, and every function has started with them',
    },
  ]
}

/** The status, then what the body says, or what the challenge calls an error. */
async function told(apiUrl: string, route: string, token?: Promise<string>): Promise<string> {
  const [method = '', path = ''] = route.split(' ')
  const headers = token === undefined ? {} : { authorization: `Bearer ${await token}` }
  const response = await fetch(`${apiUrl}${path}`, { method, headers })
  const body = await response.text()
  if (response.status === 200) return `200 ${body.slice(0, 200)}`
  const error = /error="[^"]*"/.exec(response.headers.get('www-authenticate') ?? '')?.[0]
  return [response.status, error].filter((part) => part !== undefined).join(' ')
}
