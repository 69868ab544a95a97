import { describe, expect, it } from 'vitest'
import { parseCompactJws } from '../../src/tokens/compact-jws.js'

const encode = (text: string | Uint8Array) => Buffer.from(text).toString('base64url')
const HEADER = encode('{"alg":"RS256","kid":"k"}')
const PAYLOAD = encode('{"iss":"a"}')
const SIGNATURE = encode('signature')
const token = (header = HEADER, payload = PAYLOAD, signature = SIGNATURE) => `${header}.${payload}.${signature}`
const withHeader = (header: unknown) => token(encode(typeof header === 'string' ? header : JSON.stringify(header)))
const parse = (text: string, maxBytes = 16_384) => parseCompactJws(text, maxBytes)

describe('parseCompactJws', () => {
  it('takes a token apart', () => {
    const jws = parse(token())
    expect(jws).toMatchObject({ header: { alg: 'RS256', kid: 'k', typ: undefined }, payload: { iss: 'a' } })
    if (typeof jws === 'string') throw new Error(jws)
    expect(jws.signingInput).toBe(`${HEADER}.${PAYLOAD}`)
    expect(Buffer.from(jws.signature).toString()).toBe('signature')
  })

  it('hands on no header member that could name or be a key', () => {
    const jws = parse(
      withHeader({ alg: 'RS256', jku: 'https://evil.example', jwk: {}, x5u: 'https://evil.example', x5c: ['a'] }),
    )
    expect(Object.keys((jws as { header: object }).header)).toStrictEqual(['alg', 'kid', 'typ'])
  })

  it('freezes header and claims', () => {
    const { payload } = parse(token(undefined, encode('{"a":{"b":[1]}}'))) as unknown as {
      payload: { a: { b: object } }
    }
    expect([payload, payload.a, payload.a.b].every(Object.isFrozen)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['a word', 'opaque'],
    ['one part', HEADER],
    ['two parts', `${HEADER}.${PAYLOAD}`],
    ['four parts', `${token()}.${SIGNATURE}`],
    ['five parts, as an encrypted token has', `${token()}.a.b`],
    ['an empty header', token('')],
    ['an empty payload', token(undefined, '')],
    ['a leading space', ` ${token()}`],
    ['a trailing newline', `${token()}\n`],
    ['a padded part', token(`${HEADER}=`)],
    ['a payload that is not base64url', token(undefined, 'e30*')],
    ['a payload with unused bits set', token(undefined, `${encode('{}').slice(0, -1)}1`)],
    ['a signature that is not canonical', token(undefined, undefined, 'QR')],
    ['a payload that is not UTF-8', token(undefined, encode(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)))],
    [
      'an overlong UTF-8 sequence',
      token(undefined, encode(Uint8Array.of(0x7b, 0x22, 0xc0, 0xa9, 0x22, 0x3a, 0x31, 0x7d))),
    ],
    ['a payload with a byte order mark', token(undefined, encode('\ufeff{}'))],
    ['a payload that is an array', token(undefined, encode('[]'))],
    ['a payload that is a string', token(undefined, encode('"a"'))],
    ['a payload that is null', token(undefined, encode('null'))],
    ['a duplicate claim', token(undefined, encode('{"iss":"a","iss":"b"}'))],
    ['a claim named __proto__', token(undefined, encode('{"__proto__":{"admin":true}}'))],
    ['an escaped claim name', token(undefined, encode(String.raw`{"\u0069ss":"a"}`))],
    ['a duplicate header member', token(encode('{"alg":"none","alg":"RS256"}'))],
    ['a header that is an array', token(encode('["RS256"]'))],
    ['a header without alg', withHeader({ kid: 'k' })],
    ['an alg that is no string', withHeader({ alg: ['RS256'] })],
    ['an alg that is null', withHeader({ alg: null })],
    ['a kid that is no string', withHeader({ alg: 'RS256', kid: 7 })],
    ['a kid that is too long', withHeader({ alg: 'RS256', kid: 'k'.repeat(513) })],
    ['a typ that is no string', withHeader({ alg: 'RS256', typ: {} })],
  ])('refuses %s', (_, text) => {
    expect(parse(text)).toBe('token-malformed')
  })

  it.each([
    ['crit', { crit: ['exp'] }],
    ['an empty crit', { crit: [] }],
    ['a crit that is null', { crit: null }],
    ['b64', { b64: false }],
    ['zip', { zip: 'DEF' }],
  ])('refuses a header with %s', (_, header) => {
    expect(parse(withHeader({ alg: 'RS256', ...header }))).toBe('critical-header')
  })

  it('takes a token of exactly the limit and refuses one byte more', () => {
    const text = token()
    expect(typeof parse(text, text.length)).toBe('object')
    expect(parse(text, text.length - 1)).toBe('token-too-large')
  })

  it('reads an empty signature, so that alg none is refused for what it is', () => {
    expect(parse(token(undefined, undefined, ''))).toMatchObject({ signature: { length: 0 } })
  })
})
