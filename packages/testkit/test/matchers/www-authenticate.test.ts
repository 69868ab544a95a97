import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Challenge, parseChallenges } from '../../src/matchers/www-authenticate.js'

/** Challenges as plain data. */
const plain = (challenges: readonly Challenge[]) =>
  challenges.map(({ scheme, token68, parameters }) => ({ scheme, token68, parameters: Object.fromEntries(parameters) }))

const read = (header: string) => plain(parseChallenges(header))
const bearer = (parameters: Record<string, string>) => ({ scheme: 'Bearer', token68: undefined, parameters })

describe('a header', () => {
  it.each([
    ['one scheme alone', 'Bearer', [bearer({})]],
    ['a scheme with a space after it', 'Bearer ', [bearer({})]],
    ['parameters, quoted or not', 'Bearer realm="api", max_age=5', [bearer({ realm: 'api', max_age: '5' })]],
    [
      'commas inside quotes',
      'Bearer error_description="a, b=c, Basic d"',
      [bearer({ error_description: 'a, b=c, Basic d' })],
    ],
    ['escapes', String.raw`Bearer realm="a \"b\" \\ c"`, [bearer({ realm: String.raw`a "b" \ c` })]],
    ['an empty value', 'Bearer realm=""', [bearer({ realm: '' })]],
    [
      'white space around the equals sign',
      'Bearer realm = "api" ,error\t=\t"x"',
      [bearer({ realm: 'api', error: 'x' })],
    ],
    ['names in any case', 'bEARER Realm="A"', [{ scheme: 'bEARER', token68: undefined, parameters: { realm: 'A' } }]],
    ['empty elements of the list', ', ,Bearer realm="api",, error="x" , ', [bearer({ realm: 'api', error: 'x' })]],
    [
      'several challenges',
      'DPoP algs="ES256 RS256", Bearer realm="api", error="invalid_token", Basic realm="x"',
      [
        { scheme: 'DPoP', token68: undefined, parameters: { algs: 'ES256 RS256' } },
        bearer({ realm: 'api', error: 'invalid_token' }),
        { scheme: 'Basic', token68: undefined, parameters: { realm: 'x' } },
      ],
    ],
    [
      'schemes without parameters among others',
      'Negotiate, Bearer , Basic realm="x"',
      [
        { scheme: 'Negotiate', token68: undefined, parameters: {} },
        bearer({}),
        { scheme: 'Basic', token68: undefined, parameters: { realm: 'x' } },
      ],
    ],
    [
      'a token68 in place of parameters',
      'Negotiate oYH/+a.b-c_~d==, Bearer realm="api"',
      [{ scheme: 'Negotiate', token68: 'oYH/+a.b-c_~d==', parameters: {} }, bearer({ realm: 'api' })],
    ],
  ])('may have %s', (_, header, expected) => {
    expect(read(header)).toStrictEqual(expected)
  })

  it.each([
    ['no challenge', '', 'character 1: it holds no challenge'],
    ['commas alone', ' , ,', 'character 1: it holds no challenge'],
    ['a parameter before any scheme', 'realm="api"', 'character 1: a parameter stands before any scheme'],
    ['no value', 'Bearer realm=, error="x", scope=', 'character 33: the value of scope is neither a token nor quoted'],
    ['an open quote', 'Bearer realm="api', 'character 14: the value of realm is neither'],
    ['a control character', 'Bearer realm="a\u0007"', 'character 14: the value of realm is neither'],
    ['two values', 'Bearer realm="a" "b"', 'character 18: a comma is expected'],
    ['a name that stands twice', 'Bearer realm="a", Realm="b"', 'character 19: realm stands twice in one challenge'],
    ['two schemes without a comma', 'Bearer Basic realm="x"', 'character 8: a comma is expected between challenges'],
    ['an unquoted value that needs quotes', 'Bearer scope=a:b', 'character 15: a comma is expected'],
    ['no scheme', '"api"', 'character 1: a scheme or a parameter is expected'],
  ])('is malformed with %s', (_, header, problem) => {
    expect(() => parseChallenges(header)).toThrow(`WWW-Authenticate is malformed at ${problem}`)
  })

  it('is read back from what was written, whatever is in its quotes', () => {
    const name = fc.stringMatching(/^[a-z][a-z_]{0,11}$/)
    const text = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)) })
    const challenge = fc.record({
      scheme: fc.stringMatching(/^[A-Z][A-Za-z0-9-]{0,9}$/),
      parameters: fc.dictionary(name, text),
    })
    const quoted = (value: string) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
    fc.assert(
      fc.property(fc.array(challenge, { minLength: 1, maxLength: 4 }), (challenges) => {
        const header = challenges
          .map(({ scheme, parameters }) =>
            `${scheme} ${Object.entries(parameters)
              .map(([key, value]) => `${key}=${quoted(value)}`)
              .join(', ')}`.trim(),
          )
          .join(', ')
        expect(read(header)).toStrictEqual(
          challenges.map(({ scheme, parameters }) => ({ scheme, token68: undefined, parameters: { ...parameters } })),
        )
      }),
    )
  })

  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('B', 'a', '=', ',', ' ', '"', '\\', '/', '\t', 'é') }),
        (header) => {
          try {
            expect(parseChallenges(header).length).toBeGreaterThan(0)
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError)
          }
        },
      ),
    )
  })
})
