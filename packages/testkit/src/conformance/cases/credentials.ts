import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type CaseDefinition, shared } from '../conformance-case.js'
import {
  expectGranted,
  expectNotHandled,
  expectRefused,
  INVALID_REQUEST,
  INVALID_TOKEN,
  NO_CREDENTIALS,
  type Refusal,
} from '../expectations.js'

/** One `Authorization` header made from a good token. */
function authorization(title: string, refusal: Refusal, value: (token: string) => string): CaseDefinition {
  return shared(title, async (world) => {
    const headers = [['authorization', value(await world.userToken())]] as const
    expectRefused(await world.send('orders', { headers }), refusal)
  })
}

/** How requests bring a token (RFC 6750 §2.1): in one header, in one form. */
export const credentials = {
  'no-credentials': shared('a request without credentials is refused with 401', async ({ send }) => {
    expectRefused(await send('orders'), NO_CREDENTIALS)
  }),
  'empty-authorization': authorization('an empty Authorization header is no credentials', NO_CREDENTIALS, () => ''),
  'other-scheme': authorization(
    'another scheme is no credentials, and gets no error code',
    NO_CREDENTIALS,
    () => 'Basic dXNlcjpwYXNzd29yZA==',
  ),
  'token-without-scheme': authorization('a token without a scheme is no credentials', NO_CREDENTIALS, (token) => token),
  'scheme-glued-to-token': authorization(
    'a scheme that no space ends is another scheme',
    NO_CREDENTIALS,
    (token) => `Bearer${token}`,
  ),
  'scheme-in-any-case': shared('the scheme is accepted in any case', async (world) => {
    const token = await world.userToken()
    for (const scheme of ['bearer', 'BEARER', 'bEaReR']) {
      const headers = [['authorization', `${scheme} ${token}`]] as const
      expectGranted(await world.send('orders', { headers }), 'orders')
    }
  }),
  'several-spaces-after-scheme': shared('several spaces may follow the scheme', async (world) => {
    const headers = [['authorization', `Bearer   ${await world.userToken()}`]] as const
    expectGranted(await world.send('orders', { headers }), 'orders')
  }),
  'scheme-alone': authorization('a scheme without a token is a malformed request', INVALID_REQUEST, () => 'Bearer'),
  'two-authorization-headers': shared('two Authorization headers are a malformed request', async (world) => {
    const [first, second] = [await world.userToken(), await world.userToken()]
    for (const [one, other] of [
      [first, second],
      [first, 'not-a-token'],
      ['not-a-token', first],
      [first, first],
    ] as const) {
      const headers = [
        ['authorization', `Bearer ${one}`],
        ['Authorization', `Bearer ${other}`],
      ] as const
      expectRefused(await world.send('orders', { headers }), INVALID_REQUEST)
    }
  }),
  'two-tokens-by-comma': authorization(
    'two tokens in one header are a malformed request',
    INVALID_REQUEST,
    (token) => `Bearer ${token}, Bearer ${token}`,
  ),
  'bearer-behind-other-scheme': authorization(
    'a bearer token behind another scheme is a malformed request',
    INVALID_REQUEST,
    (token) => `Basic dXNlcjpwYXNzd29yZA==, Bearer ${token}`,
  ),
  'two-tokens-by-space': authorization(
    'text behind the token is a malformed request',
    INVALID_REQUEST,
    (token) => `Bearer ${token} ${token}`,
  ),
  'comma-after-token': authorization(
    'a comma behind the token is a malformed request',
    INVALID_REQUEST,
    (token) => `Bearer ${token},`,
  ),
  'tab-after-scheme': authorization(
    'a tab does not separate scheme and token',
    INVALID_REQUEST,
    (token) => `Bearer\t${token}`,
  ),
  'tab-in-token': authorization('a tab in the token is a malformed request', INVALID_REQUEST, (token) =>
    inTheMiddle(token, '\t'),
  ),
  'non-ascii-token': authorization('a token beyond ASCII is a malformed request', INVALID_REQUEST, (token) =>
    inTheMiddle(token, '\u00e9'),
  ),
  'quoted-token': authorization(
    'a token in quotes is a malformed request',
    INVALID_REQUEST,
    (token) => `Bearer "${token}"`,
  ),
  'percent-encoded-token': authorization(
    'nothing in a token is percent-decoded: an encoded NUL is a malformed request',
    INVALID_REQUEST,
    (token) => `Bearer ${token}%00`,
  ),
  'control-character-in-token': shared(
    'a control character in the token is a malformed request, if the server lets it through at all',
    async (world) => {
      const token = await world.userToken()
      for (const character of ['\u0001', '\u000b', '\u001f', '\u007f']) {
        const response = await world.send('orders', { headers: [['authorization', inTheMiddle(token, character)]] })
        expectNotHandled(response)
        assert.equal(response.status, 400)
      }
    },
  ),
  'padded-token': authorization(
    'base64 padding behind a JWT makes it another token, and no good one',
    INVALID_TOKEN,
    (token) => `Bearer ${token}=`,
  ),
  'non-canonical-signature': authorization(
    'a signature with bits that decode to nothing is refused, so that a token has one spelling',
    INVALID_TOKEN,
    // 256 bytes leave the last of 342 characters with four bits to spare.
    (token) => `Bearer ${token.slice(0, -1)}${String.fromCharCode(token.charCodeAt(token.length - 1) + 1)}`,
  ),
  'base64-with-plus-and-slash': shared('base64 with + and / is refused where base64url is due', async (world) => {
    let token = await world.userToken()
    while (!/[-_]/.test(signatureOf(token))) token = await world.userToken()
    const signature = signatureOf(token).replaceAll('-', '+').replaceAll('_', '/')
    const changed = `${token.slice(0, -signature.length)}${signature}`
    expectRefused(await world.send('orders', { token: changed }), INVALID_TOKEN)
  }),
  'not-a-jwt': shared('what is neither a JWT nor known to an issuer is refused', async ({ send }) => {
    for (const token of ['x', 'a.b.c', 'e30.e30.', '..', 'eyJhbGciOiJSUzI1NiJ9..AAAA']) {
      expectRefused(await send('orders', { token }), INVALID_TOKEN)
    }
  }),
  'large-token': shared('a token of 6 kB is accepted', async (world) => {
    const groups = Array.from({ length: 300 }, (_, index) => `department-${index}`)
    const token = await world.userToken({ groups })
    assert.ok(token.length > 6_000 && token.length < 8_000)
    expectGranted(await world.send('orders', { token }), 'orders')
  }),
  'oversize-token': shared('a token of 17 kB is refused, and no issuer is asked about it', async (world) => {
    const token = `${randomUUID()}${'a'.repeat(17_000)}`
    const response = await world.send('orders', { token })
    expectNotHandled(response)
    assert.ok([400, 401, 413, 431].includes(response.status), `status ${response.status}`)
    assert.equal(world.callsAbout(token), 0)
  }),
  'token-in-query': shared('a token in the query alone is no credentials', async (world) => {
    const path = `/orders?access_token=${await world.userToken()}`
    expectRefused(await world.send('orders', { path }), NO_CREDENTIALS)
  }),
  'token-in-query-and-header': shared(
    'a token in the query beside the header is a malformed request',
    async (world) => {
      const token = await world.userToken()
      for (const query of [`access_token=${token}`, `a=b&access%5Ftoken=${token}`, 'access_token=']) {
        expectRefused(await world.send('orders', { path: `/orders?${query}`, token }), INVALID_REQUEST)
      }
    },
  ),
  'token-in-body': shared('a token in the body is no credentials', async (world) => {
    const token = await world.userToken({ scopes: ['orders/read', 'orders/write'] })
    const body = `access_token=${token}`
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const
    const response = await world.send('new-order', { headers, body })
    // Some frameworks take no forms.
    if (response.status === 415) expectNotHandled(response)
    else expectRefused(response, NO_CREDENTIALS)
  }),
  'token-in-cookie': shared('a token in a cookie is no credentials', async (world) => {
    const token = await world.userToken()
    const headers = [['cookie', `access_token=${token}; authorization=Bearer ${token}; token=${token}`]] as const
    expectRefused(await world.send('orders', { headers }), NO_CREDENTIALS)
  }),
  'token-in-other-headers': shared('a token in a header of another name is no credentials', async (world) => {
    const value = `Bearer ${await world.userToken()}`
    const names = [
      'proxy-authorization',
      'x-authorization',
      'x-access-token',
      'x-forwarded-access-token',
      'x-amzn-oidc-accesstoken',
    ]
    expectRefused(await world.send('orders', { headers: names.map((name) => [name, value]) }), NO_CREDENTIALS)
  }),
  'identity-headers': shared('headers that name a caller are not believed', async (world) => {
    const names = [
      'x-user',
      'x-forwarded-user',
      'x-auth-sub',
      'x-auth-request-user',
      'x-amzn-oidc-identity',
      'x-principal',
    ]
    const headers = names.map((name) => [name, 'somebody-else'] as const)
    expectRefused(await world.send('orders', { headers }), NO_CREDENTIALS)
    const token = await world.userToken({ sub: 'this-user' })
    assert.equal(expectGranted(await world.send('orders', { token, headers }), 'orders').subject, 'this-user')
  }),
  'bypass-headers': shared('no header of the client leads around the check', async ({ send }) => {
    const headers = [
      ['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware'],
      ['x-original-url', '/open'],
      ['x-rewrite-url', '/open'],
      ['x-http-method-override', 'OPTIONS'],
      ['x-forwarded-for', '127.0.0.1'],
      ['x-forwarded-uri', '/open'],
    ] as const
    expectRefused(await send('orders', { headers }), NO_CREDENTIALS)
    for (const header of headers) expectRefused(await send('orders', { headers: [header] }), NO_CREDENTIALS)
  }),
} satisfies Record<string, CaseDefinition>

function inTheMiddle(token: string, character: string): string {
  return `Bearer ${token.slice(0, 40)}${character}${token.slice(40)}`
}

function signatureOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1)
}
