import { describe, expect, it } from 'vitest'
import { callCognitoIdp, failureOf, isDone } from '../../src/cognito/cognito-idp.js'
import { cognitoError, cognitoServer } from '../support/cognito-server.js'
import { json } from '../support/loopback-server.js'

async function calling(...[answer]: Parameters<typeof cognitoServer>) {
  const server = await cognitoServer(answer)
  const { bodies, http } = server
  const idp = { http, url: `${server.url}/`, timeout: 2_000 }
  return { server, bodies, answer: await callCognitoIdp(idp, 'GetUser', { AccessToken: 'a.b.c' }) }
}

describe('a call to the API of Cognito', () => {
  it('posts JSON to the operation, without a signature', async () => {
    const { server, bodies } = await calling(json({}))
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.GetUser',
      },
    })
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(bodies).toStrictEqual(['{"AccessToken":"a.b.c"}'])
  })

  it.each(['application/json', 'application/x-amz-json-1.1', 'application/x-amz-json-1.0; charset=utf-8'])(
    'reads an answer of type %s',
    async (contentType) => {
      const { answer } = await calling(json({ Username: 'u' }, 200, { 'content-type': contentType }))
      expect(answer).toStrictEqual({ status: 200, errorName: undefined, body: { Username: 'u' } })
      expect(isDone(answer)).toBe(true)
    },
  )

  it('takes an empty answer for done', async () => {
    const { answer } = await calling((_, response) => response.writeHead(200).end())
    expect(isDone(answer)).toBe(true)
  })

  it.each([
    ['a page', json('<!doctype html>', 200, { 'content-type': 'text/html' })],
    ['an error with status 200', cognitoError('NotAuthorizedException', 200)],
    ['an unknown error with status 200', json({}, 200, { 'x-amzn-errortype': 'Something' })],
    ['an error that is no text', json({ __type: 1 })],
    ['another status', json({}, 201)],
  ])('takes no other answer for done: %s', async (_, listener) => {
    const { answer } = await calling(listener)
    expect(isDone(answer)).toBe(false)
  })
})

describe('the name of an error', () => {
  it.each([
    'NotAuthorizedException',
    'com.amazonaws.cognito.identity.idp.model#NotAuthorizedException',
    'NotAuthorizedException:http://internal.amazon.com/coral/com.amazon.coral.service/',
    'ns#NotAuthorizedException:https://a.example/#x',
  ])('is found in %s, in the body and in the header', async (type) => {
    const inBody = await calling(cognitoError(type))
    expect(inBody.answer.errorName).toBe('NotAuthorizedException')
    const inHeader = await calling((_, response) => response.writeHead(403, { 'x-amzn-errortype': type }).end('{'))
    expect(inHeader.answer).toStrictEqual({ status: 403, errorName: 'NotAuthorizedException', body: undefined })
  })

  it.each([
    'eyJhbGciOi.J9.secret',
    'notAuthorizedException',
    'NotAuthorizedExceptionally',
    'My NotAuthorizedException',
  ])('is not repeated when it is none: %s', async (type) => {
    const { answer } = await calling(cognitoError(type))
    expect(answer.errorName).toBe('an unknown error')
    expect(failureOf(answer).message).not.toContain(type)
  })

  it('stands in no page that merely looks like an error', async () => {
    const page = json({ __type: 'NotAuthorizedException' }, 400, { 'content-type': 'text/html' })
    expect((await calling(page)).answer.errorName).toBeUndefined()
  })
})

describe('a failure', () => {
  it.each([
    ['TooManyRequestsException', 400, 'throttled'],
    ['TooManyRequestsException', 503, 'throttled'],
    [undefined, 429, 'throttled'],
    ['InternalErrorException', 400, 'server-error'],
    [undefined, 500, 'server-error'],
    [undefined, 503, 'server-error'],
    ['ForbiddenException', 403, 'unexpected-status'],
    ['OperationNotEnabledException', 400, 'unexpected-status'],
    ['an unknown error', 200, 'unexpected-status'],
    [undefined, 499, 'unexpected-status'],
    [undefined, 201, 'unexpected-status'],
    [undefined, 200, 'unexpected-content'],
  ] as const)('named %s with status %i is of code %s', (errorName, status, code) => {
    expect(failureOf({ errorName, status })).toMatchObject({ code, name: 'UpstreamError' })
  })

  it('says by name what Cognito said', () => {
    expect(failureOf({ errorName: 'UnsupportedOperationException', status: 400 })).toMatchObject({
      message: 'Cognito answered with UnsupportedOperationException and status 400',
      httpStatus: 400,
    })
  })
})
