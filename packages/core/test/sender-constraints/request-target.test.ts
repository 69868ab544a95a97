import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPublicUrls, isTarget, normalizeTarget } from '../../src/sender-constraints/request-target.js'

describe('normalizeTarget', () => {
  it.each([
    ['https://api.example/orders', 'https://api.example/orders'],
    ['HTTPS://API.Example/orders', 'https://api.example/orders'],
    ['https://api.example:443/orders', 'https://api.example/orders'],
    ['https://api.example:/orders', 'https://api.example/orders'],
    ['http://localhost:80/', 'http://localhost/'],
    ['https://api.example:8443/orders', 'https://api.example:8443/orders'],
    ['http://api.example:443/', 'http://api.example:443/'],
    ['https://[2001:DB8::1]:443/a', 'https://[2001:db8::1]/a'],
    ['https://api.example', 'https://api.example/'],
    ['https://api.example/orders?a=1#b', 'https://api.example/orders'],
    ['https://api.example?a=/b', 'https://api.example/'],
    ['https://api.example#b', 'https://api.example/'],
    ['https://api.example/%6Frders/%7Eme', 'https://api.example/orders/~me'],
    ['https://api.example/a%2fb%c3%a4', 'https://api.example/a%2Fb%C3%A4'],
    ['https://api.example/a/./b/../c', 'https://api.example/a/c'],
    ['https://api.example/a/%2e%2E/b', 'https://api.example/b'],
    ['https://api.example/../../a', 'https://api.example/a'],
    ['https://api.example/a/..', 'https://api.example/'],
    ['https://api.example/a/.', 'https://api.example/a/'],
    ['https://api.example/a//b', 'https://api.example/a//b'],
    ['https://api.example/a/', 'https://api.example/a/'],
    ["https://api.example/a;b=c,d@e:f!$&'()*+|[]^", "https://api.example/a;b=c,d@e:f!$&'()*+|[]^"],
  ])('writes %s as %s', (address, normalized) => {
    expect(normalizeTarget(address)).toBe(normalized)
  })

  it.each([
    '',
    '/orders',
    '//api.example/orders',
    'api.example/orders',
    'ftp://api.example/',
    'https:/api.example/',
    'https:///orders',
    'https://',
    'https://user@api.example/',
    'https://user:password@api.example/',
    'https://api.example@evil.example/',
    String.raw`https:\\api.example\orders`,
    String.raw`https://api.example\@evil.example/`,
    String.raw`https://api.example/a\b`,
    'https://api.example/a b',
    'https://api.example/a\tb',
    'https://api.example/a\n',
    ' https://api.example/a',
    'https://api.example/ä',
    'https://api.example/%',
    'https://api.example/%zz',
    'https://api.example/%2',
    'https://api.example:port/',
    'https://[::1/',
    'https://::1/',
  ])('calls %j no address', (address) => {
    expect(normalizeTarget(address)).toBeUndefined()
  })

  it('does not hang on an address made to slow it down', { timeout: 2_000 }, () => {
    const long = 'a'.repeat(25_000)
    for (const end of ['\\', `/${long}\u00e4`, '?\\', '/%']) {
      expect(normalizeTarget(`https://${long}${end}`)).toBeUndefined()
    }
  })

  it('writes what it has written the same again', () => {
    const part = fc.string({ unit: fc.constantFrom(...'aA.%2eE/~-_:;?#@'), maxLength: 20 })
    fc.assert(
      fc.property(part, (path) => {
        const once = normalizeTarget(`https://Api.Example/${path}`)
        if (once !== undefined) expect(normalizeTarget(once)).toBe(once)
      }),
    )
  })

  it('agrees with the URL parser of the platform about paths without escapes', () => {
    const part = fc.string({ unit: fc.constantFrom(...'aA./-_~:;@'), maxLength: 20 })
    fc.assert(
      fc.property(part, (path) => {
        const address = `https://Api.Example:443/${path}`
        expect(normalizeTarget(address)).toBe(new URL(address).href)
      }),
    )
  })
})

describe('a proof', () => {
  const urls = (value: unknown, insecure = false) => checkPublicUrls('the.urls', value, insecure)
  const isFor = (htu: string, url: string, publicUrl: string | readonly string[] = 'https://api.example') =>
    isTarget(htu, { method: 'GET', url, headers: {} }, urls(publicUrl))

  it('is for where the request was sent, by the path alone', () => {
    expect(isFor('https://api.example/orders', '/orders')).toBe(true)
    expect(isFor('https://api.example/orders', '/orders?page=2')).toBe(true)
    expect(isFor('https://api.example/orders?page=2', '/orders')).toBe(true)
    expect(isFor('https://api.example/orders', 'http://10.0.0.7:8080/orders?page=2')).toBe(true)
    expect(isFor('https://api.example', 'http://10.0.0.7:8080')).toBe(true)
    expect(isFor('HTTPS://API.example:443/%6Frders', '/orders')).toBe(true)
    expect(isFor('https://api.example/orders', '/%6frders')).toBe(true)
    expect(isFor('https://api.example//evil.example/', '//evil.example/')).toBe(true)
  })

  it.each([
    ['https://api.example/orders', '/other'],
    ['https://api.example/orders', '/orders/'],
    ['https://api.example/orders', '/Orders'],
    ['https://api.example/orders', '/orders%2F'],
    ['http://api.example/orders', '/orders'],
    ['https://api.example:8443/orders', '/orders'],
    ['https://other.example/orders', '/orders'],
    ['https://api.example.evil.example/orders', '/orders'],
    ['https://10.0.0.7:8080/orders', 'https://10.0.0.7:8080/orders'],
    ['/orders', '/orders'],
    ['', '/orders'],
    ['https://api.example/', '*'],
    ['https://api.example/', ''],
    ['https://api.example/', 'orders'],
    ['https://evil.example/', '//evil.example/'],
  ])('for %s is none for a request to %s', (htu, url) => {
    expect(isFor(htu, url)).toBe(false)
  })

  it('is for the path that a router has taken off, too', () => {
    const cut = { method: 'GET', url: '/1', originalUrl: '/orders/1?page=2', headers: {} }
    const publicUrls = urls('https://api.example')
    expect(isTarget('https://api.example/orders/1', cut, publicUrls)).toBe(true)
    expect(isTarget('https://api.example/1', cut, publicUrls)).toBe(false)
  })

  it('is for the path that a proxy has taken off, too', () => {
    for (const publicUrl of ['https://api.example/v1', 'https://api.example/v1/']) {
      expect(isFor('https://api.example/v1/orders', '/orders', publicUrl)).toBe(true)
      expect(isFor('https://api.example/orders', '/orders', publicUrl)).toBe(false)
    }
  })

  it('is for any of the addresses of the API', () => {
    const both = ['https://api.example', 'https://eu.api.example/v1']
    expect(isFor('https://api.example/orders', '/orders', both)).toBe(true)
    expect(isFor('https://eu.api.example/v1/orders', '/orders', both)).toBe(true)
    expect(isFor('https://api.example/v1/orders', '/orders', both)).toBe(false)
  })
})

describe('the addresses of an API', () => {
  const check =
    (value: unknown, insecure = false) =>
    () =>
      checkPublicUrls('the.urls', value, insecure)

  it.each([
    [undefined, 'the.urls must be where clients reach this API'],
    [[], 'the.urls must be where clients reach this API'],
    ['api.example', 'the.urls'],
    ['http://api.example', 'the.urls'],
    ['http://localhost:3000', 'the.urls'],
    ['https://user:pass@api.example', 'the.urls'],
    ['https://api.example?a=b', 'the.urls'],
    ['https://api.example/#a', 'the.urls'],
    [['https://api.example', 'x'], 'the.urls'],
  ])('are none as %j', (value, message) => {
    expect(check(value)).toThrow(message)
  })

  it('may be plain http at a loopback address, where that is written out', () => {
    expect(check('http://localhost:3000', true)()).toStrictEqual(['http://localhost:3000'])
    expect(check('http://api.example', true)).toThrow('the.urls')
  })
})
