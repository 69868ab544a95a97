import { describe, expect, it } from 'vitest'
import { readAnswer } from '../../src/matchers/answer.js'
import { forms } from '../support/answers.js'

const read = (given: unknown) => readAnswer('toBeRefused', given)

describe.each(Object.entries(forms))('%s', (_, make) => {
  it.each([
    [200, 'granted'],
    [204, 'granted'],
    [302, 'other'],
    [400, 'other'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'other'],
    [429, 'other'],
    [500, 'other'],
    [502, 'other'],
    [503, 'unavailable'],
  ])('with %s is %s', (status, outcome) => {
    expect(read(make(status))).toMatchObject({ form: 'response', outcome, status, challenges: [], errors: [] })
  })

  it('with 400 is a refusal where it has a challenge', () => {
    expect(read(make(400, 'Bearer error="invalid_request"')).outcome).toBe('refused')
    expect(read(make(400, 'error="invalid_request"'))).toMatchObject({ outcome: 'refused', challenges: [] })
  })

  it('tells the errors of its challenges, and of its body only where they have none', () => {
    const body = { error: 'from-body' }
    expect(read(make(401, 'DPoP error="a", Bearer error="b"', body)).errors).toStrictEqual(['a', 'b'])
  })
})

describe('an answer', () => {
  it.each(['a record with status', 'a record with statusCode'])('as %s tells the error of its body', (form) => {
    expect(read(forms[form]?.(401, 'Bearer realm="api"', { error: 'x' })).errors).toStrictEqual(['x'])
    expect(read(forms[form]?.(400, undefined, { error: 'invalid_request' })).outcome).toBe('refused')
    expect(read(forms[form]?.(400, undefined, { error: 'name is missing' })).outcome).toBe('other')
    expect(read(forms[form]?.(401, undefined, { error: { nested: true } })).errors).toStrictEqual([])
  })

  it('may have text in place of a body, or data', () => {
    expect(read({ status: 401, text: '{"error":"x"}' }).errors).toStrictEqual(['x'])
    expect(read({ status: 401, data: { error: 'x' } }).errors).toStrictEqual(['x'])
    expect(read({ status: 401, body: 'no JSON' }).errors).toStrictEqual([])
    expect(read({ status: 401, body: '"text"' }).errors).toStrictEqual([])
  })

  it('may have one challenge on each line, and none', () => {
    const headers = { 'WWW-AUTHENTICATE': ['DPoP algs="ES256"', 'Bearer realm="api"'], 'x-www-authenticate': 'x' }
    expect(read({ status: 401, headers }).challenges.map(({ scheme }) => scheme)).toStrictEqual(['DPoP', 'Bearer'])
    const appended = new Headers([
      ['www-authenticate', 'DPoP algs="ES256"'],
      ['www-authenticate', 'Bearer realm="api"'],
    ])
    expect(read({ status: 401, headers: appended }).challenges).toHaveLength(2)
    expect(read({ status: 401, headers: { 'www-authenticate': undefined } }).challenges).toStrictEqual([])
  })

  it('leaves the body of a Response unread', async () => {
    const response = Response.json({ error: 'x' }, { status: 401 })
    expect(read(response).errors).toStrictEqual([])
    expect(await response.json()).toStrictEqual({ error: 'x' })
  })

  it('may be a decision', () => {
    expect(
      read({
        outcome: 'refused',
        status: 403,
        headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' },
        body: {},
        reason: 'scope-missing',
      }),
    ).toMatchObject({
      form: 'decision',
      outcome: 'refused',
      status: 403,
      errors: ['insufficient_scope'],
      reason: 'scope-missing',
    })
    expect(
      read({ outcome: 'unavailable', status: 503, headers: {}, body: {}, reason: 'jwks-unreachable' }),
    ).toMatchObject({
      form: 'decision',
      outcome: 'unavailable',
      reason: 'jwks-unreachable',
    })
    const granted = { outcome: 'granted', principal: { subject: 'u1', scopes: ['orders/read'] } }
    expect(read(granted)).toMatchObject({
      form: 'decision',
      outcome: 'granted',
      status: undefined,
      scopes: ['orders/read'],
    })
  })

  it('may be an error that `verify` throws', () => {
    const refused = Object.assign(new Error('x'), {
      code: 'token-expired',
      status: 401,
      challenge: 'Bearer error="invalid_token"',
    })
    expect(read(refused)).toMatchObject({
      form: 'decision',
      outcome: 'refused',
      errors: ['invalid_token'],
      reason: 'token-expired',
    })
    const unchecked = Object.assign(new Error('x'), { code: 'jwks-unreachable', status: 503, retryAfter: 1 })
    expect(read(unchecked)).toMatchObject({ form: 'decision', outcome: 'unavailable', reason: 'jwks-unreachable' })
    const other = Object.assign(new Error('x'), { code: 'ERR_BAD_REQUEST', status: 401 })
    expect(read(other)).toMatchObject({ form: 'response', outcome: 'refused', reason: undefined })
  })

  it.each([
    ['null', null, 'something that is null'],
    ['nothing', undefined, 'something that is of type undefined'],
    ['a status', 401, 'something that is of type number'],
    ['a promise', Promise.resolve(new Response()), 'something that is a promise: await it first'],
    ['something else', { headers: {} }, 'something that is an object without outcome, status and statusCode'],
    ['a status that is no number', { status: '401' }, 'an object without outcome, status and statusCode'],
    ['an outcome that is none', { outcome: 'denied' }, 'an object without outcome, status and statusCode'],
  ])('is not %s', (_, given, message) => {
    expect(() => read(given)).toThrow(new RegExp(`^toBeRefused looks at a decision, a Response, .*${message}`))
  })
})
