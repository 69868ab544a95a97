import { describe, expect, it } from 'vitest'
import { readLogoutRequest } from '../../src/resource-server/logout-request.js'

const type = 'application/x-www-form-urlencoded'
const url = 'https://api.example.com/logout'

/** The body as each form of a request carries it. */
const forms = [
  [
    'a web Request',
    (body: string, contentType: string, method = 'POST') =>
      new Request(url, { method, headers: { 'content-type': contentType }, ...(method === 'GET' ? {} : { body }) }),
  ],
  [
    'a record',
    (body: string, contentType: string, method = 'POST') => ({
      method,
      headers: { 'Content-Type': contentType },
      body,
    }),
  ],
] as const

describe.each(forms)('the form of %s', (_, request) => {
  const read = (body: string, contentType: string, method?: string) =>
    readLogoutRequest(request(body, contentType, method), 1_024)

  it('holds one logout token, and whatever else the issuer writes', async () => {
    expect(await read('logout_token=a.b.c', type)).toBe('a.b.c')
    expect(await read('state=x&logout_token=a.b.c', `${type.toUpperCase()}; charset=UTF-8`)).toBe('a.b.c')
  })

  it.each([
    ['without one', 'token=a.b.c', type],
    ['with two', 'logout_token=a.b.c&logout_token=a.b.c', type],
    ['that is JSON', '{"logout_token":"a.b.c"}', 'application/json'],
    ['of no media type', 'logout_token=a.b.c', ''],
    ['of several media types', 'logout_token=a.b.c', `${type}, application/json`],
    ['larger than a token and a little more', `logout_token=a.b.c&x=${'x'.repeat(6_000)}`, type],
  ])('is refused %s', async (__, body, contentType) => {
    expect(await read(body, contentType)).toBeUndefined()
  })

  it('has to be posted', async () => {
    expect(await read('logout_token=a.b.c', type, 'GET')).toBeUndefined()
    expect(await read('logout_token=a.b.c', type, 'PUT')).toBeUndefined()
  })
})

describe('a form that a framework has parsed', () => {
  const read = (body: Record<string, unknown>) =>
    readLogoutRequest({ method: 'POST', headers: { 'content-type': type }, body }, 1_024)

  it('is taken as it is', async () => {
    expect(await read({ logout_token: 'a.b.c' })).toBe('a.b.c')
  })

  it.each([{}, { logout_token: ['a.b.c', 'a.b.c'] }, { logout_token: {} }, Object.create({ logout_token: 'a.b.c' })])(
    'is refused unless it holds one logout token of its own: %j',
    async (body) => {
      expect(await read(body)).toBeUndefined()
    },
  )
})

describe('a body', () => {
  it('that breaks off, or is not there, holds no token', async () => {
    const broken = new ReadableStream({ pull: () => Promise.reject(new Error('reset')) })
    const headers = new Headers({ 'content-type': type })
    expect(await readLogoutRequest({ method: 'POST', headers, body: broken }, 1_024)).toBeUndefined()
    expect(await readLogoutRequest({ method: 'POST', headers, body: null }, 1_024)).toBeUndefined()
    const record = { method: 'POST', headers: { 'content-type': type }, body: null as never }
    expect(await readLogoutRequest(record, 1_024)).toBeUndefined()
  })

  it.each([undefined, null, 'logout_token=a', {}, { method: 'POST', headers: {} }, { method: 'POST', body: '' }])(
    'is needed: %j has none',
    async (request) => {
      await expect(readLogoutRequest(request as never, 1_024)).rejects.toThrow('takes a web Request, or a record')
    },
  )
})
