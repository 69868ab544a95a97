import { describe, expect, it } from 'vitest'
import { askUserInfo } from '../../src/cognito/user-info.js'
import { cognitoServer } from '../support/cognito-server.js'
import { json } from '../support/loopback-server.js'

async function asking(...[answer]: Parameters<typeof cognitoServer>) {
  const server = await cognitoServer(answer)
  const { http } = server
  const url = `${server.url}/oauth2/userInfo`
  return { server, asked: askUserInfo({ http, url, timeout: 2_000 }, { token: 'a.b.c', subject: 'user-1' }) }
}

const challenge = (value: string, status = 401) => json({}, status, { 'www-authenticate': value })

describe('userInfo', () => {
  it('says that a token is active by telling its user', async () => {
    const { server, asked } = await asking(json({ sub: 'user-1', email_verified: 'true' }))
    expect(await asked).toStrictEqual({ active: true, facts: undefined })
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      url: '/oauth2/userInfo',
      headers: { authorization: 'Bearer a.b.c' },
    })
  })

  it.each([
    'error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out."',
    'Bearer error="invalid_token"',
    'Bearer realm="a",error="invalid_token"',
  ])('says that it is not by a challenge, with its scheme or without: %s', async (value) => {
    const { asked } = await asking(challenge(value))
    expect(await asked).toStrictEqual({ active: false })
  })

  it.each([
    ['another error', challenge('error="invalid_request", error_description="Bad OAuth2 request"')],
    ['the code within a description', challenge(String.raw`error_description="not error=\"invalid_token\""`)],
    ['the code under another name', challenge('some_error="invalid_token"')],
    ['a longer code', challenge('error="invalid_token_type"')],
    ['no challenge', json({ error: 'invalid_token' }, 401)],
    ['a bad request', challenge('error="invalid_token"', 400)],
    ['a missing scope', challenge('error="invalid_token"', 403)],
  ])('says nothing by %s', async (_, answer) => {
    const { asked } = await asking(answer)
    await expect(asked).rejects.toMatchObject({ code: 'unexpected-status' })
  })

  it.each([
    [429, 'throttled'],
    [500, 'server-error'],
    [503, 'server-error'],
    [404, 'unexpected-status'],
    [204, 'unexpected-status'],
  ])('says nothing by status %i', async (status, code) => {
    const { asked } = await asking(challenge('error="invalid_token"', status))
    await expect(asked).rejects.toMatchObject({ code })
  })

  it.each<[string, unknown, string]>([
    ['another user', { sub: 'user-2' }, 'unexpected-content'],
    ['nobody', {}, 'unexpected-content'],
    ['a subject that is no text', { sub: ['user-1'] }, 'unexpected-content'],
    ['no object', '[]', 'unexpected-content'],
  ])('says nothing by telling of %s', async (_, answer, code) => {
    const { asked } = await asking(json(answer))
    await expect(asked).rejects.toMatchObject({ code })
  })

  it('says nothing by a page', async () => {
    const { asked } = await asking(json('{"sub":"user-1"}', 200, { 'content-type': 'text/html' }))
    await expect(asked).rejects.toMatchObject({ code: 'unexpected-content-type' })
  })
})
