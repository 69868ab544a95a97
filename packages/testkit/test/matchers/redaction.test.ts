import { describe, expect, it } from 'vitest'
import { fakeAuthorizationServer, fakeCognito } from '../../src/index.js'
import { redacted } from '../../src/matchers/redaction.js'

describe('the text of an answer', () => {
  it('loses every token of the fakes, wherever it stands', async () => {
    await using pool = await fakeCognito()
    await using server = await fakeAuthorizationServer()
    const { accessToken, idToken, refreshToken } = await pool.signIn()
    const tokens = [accessToken, idToken, refreshToken, await pool.forged.algNone(), await server.opaqueToken()]
    for (const token of tokens) {
      for (const text of [token, `no such token: ${token}.`, `https://x.example/?token=${token}&y`, `"${token}"`]) {
        for (const part of token.split('.')) {
          if (part !== '') expect(redacted(text)).not.toContain(part)
        }
      }
    }
  })

  it.each([
    'The access token expired',
    'insufficient_user_authentication',
    'https://api.example/.well-known/oauth-protected-resource/orders/v1',
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123',
    'aws.cognito.signin.user.admin orders/read OrdersReadWriteEverything',
    'urn:mace:incommon:iap:silver phr',
  ])('keeps %s', (text) => {
    expect(redacted(text)).toBe(text)
  })

  it.each([
    ['a UUID', '5f0c3f0e-6f0e-4c6e-9d1d-0e5c6d1f0a2b'],
    ['hexadecimal text', 'd41d8cd98f00b204e980'],
    ['base64url without digits', 'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeF'],
    ['a part of a JWT', 'eyJzdWIiOiJ1MSJ9'],
  ])('loses %s', (_, text) => {
    expect(redacted(`token ${text} is bad`)).toBe('token [redacted] is bad')
  })
})
