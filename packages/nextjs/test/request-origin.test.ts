import { describe, expect, it } from 'vitest'
import { createOriginCheck } from '../src/request-origin.js'

const check = createOriginCheck('createNextAuth', ['https://app.example'])
const headers = (given: Readonly<Record<string, string>>) => new Headers({ host: 'orders.example', ...given })

describe('a cookie with a method that changes something counts', () => {
  it.each<[because: string, Record<string, string>, counts: boolean]>([
    ['the browser says that its page is of this origin', { 'sec-fetch-site': 'same-origin' }, true],
    ['of a sibling', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example' }, false],
    ['of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
    ['of none, as from a bookmark', { 'sec-fetch-site': 'none' }, false],
    [
      'of another site that names our origin',
      { 'sec-fetch-site': 'cross-site', origin: 'https://orders.example' },
      false,
    ],
    ['an older browser names this host', { origin: 'https://orders.example' }, true],
    ['an older browser names another', { origin: 'https://evil.example' }, false],
    ['it names another port', { origin: 'https://orders.example:8443' }, false],
    ['it names a host that begins like ours', { origin: 'https://orders.example.evil.example' }, false],
    ['a page without origin', { origin: 'null' }, false],
    ['no browser', {}, false],
    ['an origin that is trusted', { origin: 'https://app.example', 'sec-fetch-site': 'same-site' }, true],
    ['one that is not, in front of a trusted name', { origin: 'https://app.example.evil.example' }, false],
    [
      'a client that forwards the name of a host',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
      false,
    ],
  ])('%s', (_because, given, counts) => {
    expect(check.allows('POST', headers(given))).toBe(counts)
    expect(check.allowsUnknownMethod(headers({ ...given, 'next-action': '1' }))).toBe(counts)
    expect(check.allows('GET', headers(given))).toBe(true)
  })
})

it('server code, which is not told the method, takes the cookie of what can only be a navigation', () => {
  expect(check.allowsUnknownMethod(headers({ 'sec-fetch-site': 'cross-site' }))).toBe(true)
  expect(check.allowsUnknownMethod(headers({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }))).toBe(
    false,
  )
})

it('server code takes a form for a change, also of a browser that was told to send no Origin', () => {
  for (const type of ['multipart/form-data; boundary=b', 'application/x-www-form-urlencoded', 'text/plain']) {
    const form = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'content-type': type }
    expect(check.allowsUnknownMethod(headers(form)), type).toBe(false)
    expect(check.allowsUnknownMethod(headers({ ...form, 'sec-fetch-site': 'same-origin' })), type).toBe(true)
  }
})

it('trusted origins are origins', () => {
  for (const wrong of ['https://app.example/', 'app.example', '*', 'null', 'https://app.example/a', 7]) {
    expect(() => createOriginCheck('createNextAuth', [wrong] as never), String(wrong)).toThrow(
      'createNextAuth.trustedOrigins must be a list of origins',
    )
  }
})
