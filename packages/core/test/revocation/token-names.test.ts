import { expect, it } from 'vitest'
import { isNameable, TOKEN_NAMES } from '../../src/revocation/token-names.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { factsOf } from '../support/revoked-tokens.js'

const namesOf = (facts: TokenFacts) => TOKEN_NAMES.map(({ kind, of }) => [kind, of(facts)])
const KINDS = ['token', 'login', 'user', 'client'] as const

it('a token is named by its jti, its login, its subject and its client', () => {
  const facts = factsOf({ claims: { jti: 'j', origin_jti: 'o', sid: 's' } })
  expect(namesOf(facts)).toStrictEqual([
    ['client', 'client'],
    ['user', 'user'],
    ['login', 'o'],
    ['login', 's'],
    ['token', 'j'],
  ])
  expect(KINDS.map((kind) => isNameable(facts, kind))).toStrictEqual([true, true, true, true])
})

it('one of the two claims of a login is enough to name it', () => {
  expect(isNameable(factsOf({ claims: { origin_jti: 'o' } }), 'login')).toBe(true)
  expect(isNameable(factsOf({ claims: { sid: 's' } }), 'login')).toBe(true)
  expect(isNameable(factsOf({ claims: { jti: 'j' } }), 'login')).toBe(false)
})

it('what is missing, empty, no text or inherited names nothing', () => {
  const facts = factsOf({ subject: '', clientId: undefined, claims: { jti: 7, origin_jti: '', sid: ['s'] } })
  expect(namesOf(facts).map(([, name]) => name)).toStrictEqual(TOKEN_NAMES.map(() => undefined))
  expect(KINDS.map((kind) => isNameable(facts, kind))).toStrictEqual([false, false, false, false])
  const inherited = { ...facts, claims: Object.create({ jti: 'j' }) as typeof facts.claims }
  expect(isNameable(inherited, 'token')).toBe(false)
})
