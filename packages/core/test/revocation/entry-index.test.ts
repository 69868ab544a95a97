import { expect, it } from 'vitest'
import { EntryIndex } from '../../src/revocation/entry-index.js'
import { listedEntry } from '../../src/revocation/listed-entry.js'
import { checkRevocationEntry } from '../../src/revocation/revocation-entry.js'
import { DAY, ISSUER, NOW } from '../support/revoked-tokens.js'

const listed = (entry: object) => listedEntry(checkRevocationEntry({ issuer: ISSUER, ...entry }), NOW, DAY)

it('entries are found by issuer, kind and name together', () => {
  const index = new EntryIndex()
  const login = listed({ kind: 'login', login: 'a' })
  index.set(login)
  expect(index.find(ISSUER, 'login', 'a')).toBe(login)
  expect(index.find(ISSUER, 'token', 'a')).toBeUndefined()
  expect(index.find(ISSUER, 'login', 'b')).toBeUndefined()
  expect(index.find('https://other.example', 'login', 'a')).toBeUndefined()
  expect(index.find(ISSUER, 'login', '__proto__')).toBeUndefined()
})

it('one name takes one place, however often it comes', () => {
  const index = new EntryIndex()
  for (let i = 0; i < 100; i++) index.set(listed({ kind: 'user', sub: 'a', notBefore: NOW + i }))
  expect(index.size).toBe(1)
  expect(index.find(ISSUER, 'user', 'a')?.entry).toMatchObject({ notBefore: NOW + 999 })
})

it('what has ended is dropped, and counted', () => {
  const index = new EntryIndex()
  index.set(listed({ kind: 'login', login: 'a' }))
  index.set(listed({ kind: 'login', login: 'b' }))
  index.set(listed({ kind: 'issuer', issuer: 'https://other.example' }))
  index.sweep(({ entry }) => entry.kind === 'issuer' || (entry.kind === 'login' && entry.login === 'a'))
  expect(index.size).toBe(1)
  expect(index.find(ISSUER, 'login', 'b')).toBeDefined()
  index.sweep(() => true)
  expect(index.size).toBe(0)
})
