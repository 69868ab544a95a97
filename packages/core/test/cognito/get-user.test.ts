import { describe, expect, it } from 'vitest'
import { askGetUser } from '../../src/cognito/get-user.js'
import { cognitoError, cognitoServer, getUserAnswer } from '../support/cognito-server.js'
import { json } from '../support/loopback-server.js'

async function asking(...[answer]: Parameters<typeof cognitoServer>) {
  const server = await cognitoServer(answer)
  const { http } = server
  return askGetUser({ http, url: `${server.url}/`, timeout: 2_000 }, { token: 'a.b.c', subject: 'user-1' })
}

describe('GetUser', () => {
  it('says that a token is active by telling its user', async () => {
    expect(await asking(json(getUserAnswer()))).toStrictEqual({ active: true, facts: undefined })
  })

  it.each(['NotAuthorizedException', 'UserNotFoundException'])(
    'says by %s that it is not, whatever the status',
    async (name) => {
      for (const status of [200, 400, 401, 403, 404, 429, 500, 503]) {
        expect(await asking(cognitoError(name, status)), String(status)).toStrictEqual({ active: false })
      }
    },
  )

  it.each([
    'Access Token has been revoked',
    'Access Token has expired',
    'Access Token does not have required scopes',
    'User is disabled.',
    undefined,
  ])('says so whatever the message: %s', async (message) => {
    expect(await asking(json({ __type: 'NotAuthorizedException', message }, 400))).toStrictEqual({ active: false })
  })

  it.each([
    ['ForbiddenException', 'unexpected-status'],
    ['UnauthorizedException', 'unexpected-status'],
    ['PasswordResetRequiredException', 'unexpected-status'],
    ['UserNotConfirmedException', 'unexpected-status'],
    ['ResourceNotFoundException', 'unexpected-status'],
    ['OperationNotEnabledException', 'unexpected-status'],
    ['InvalidParameterException', 'unexpected-status'],
    ['TooManyRequestsException', 'throttled'],
    ['InternalErrorException', 'server-error'],
  ])('says nothing by %s', async (name, code) => {
    for (const status of [400, 401, 403, 404]) {
      await expect(asking(cognitoError(name, status)), String(status)).rejects.toMatchObject({ code })
    }
  })

  it.each([401, 403, 404])('says nothing by status %i alone', async (status) => {
    await expect(asking(json({ message: 'NotAuthorizedException' }, status))).rejects.toMatchObject({
      code: 'unexpected-status',
    })
  })

  it.each<[string, unknown]>([
    ['another user', getUserAnswer('user-2')],
    ['nobody', {}],
    ['a user without attributes', { UserAttributes: [] }],
    ['attributes of another shape', { UserAttributes: { sub: 'user-1' } }],
    ['attributes that are none', { UserAttributes: ['sub', null, 1] }],
    ['a subject that is no text', { UserAttributes: [{ Name: 'sub', Value: ['user-1'] }] }],
    ['the subject under another name', { Username: 'user-1', UserAttributes: [{ Name: 'name', Value: 'user-1' }] }],
    [
      'two subjects',
      {
        UserAttributes: [
          { Name: 'sub', Value: 'user-1' },
          { Name: 'sub', Value: 'user-2' },
        ],
      },
    ],
    ['a page', '<!doctype html>'],
  ])('says nothing by telling of %s', async (_, answer) => {
    await expect(asking(json(answer))).rejects.toMatchObject({ code: 'unexpected-content' })
  })
})
