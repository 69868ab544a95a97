import { expect, it } from 'vitest'
import { namesOf } from '../../src/revocation/token-names.js'
import { factsOf } from '../support/revoked-tokens.js'

it('a token is named by its jti, its login, its subject and its client', () => {
  const facts = factsOf({ claims: { jti: 'j', origin_jti: 'o', sid: 's' } })
  expect(namesOf(facts, 'token')).toStrictEqual(['j'])
  expect(namesOf(facts, 'login')).toStrictEqual(['o', 's'])
  expect(namesOf(facts, 'user')).toStrictEqual(['user'])
  expect(namesOf(facts, 'client')).toStrictEqual(['client'])
})

it('what is missing, empty, no text or inherited names nothing', () => {
  const facts = factsOf({ subject: '', clientId: undefined, claims: { jti: 7, origin_jti: '', sid: ['s'] } })
  for (const kind of ['token', 'login', 'user', 'client'] as const) expect(namesOf(facts, kind)).toStrictEqual([])
  const inherited = { ...facts, claims: Object.create({ jti: 'j' }) as typeof facts.claims }
  expect(namesOf(inherited, 'token')).toStrictEqual([])
})
