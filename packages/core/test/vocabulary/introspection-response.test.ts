import { expect, it } from 'vitest'
import { readIntrospectionResponse } from '../../src/vocabulary/introspection-response.js'

it('an active answer keeps its members', () => {
  const answer = { active: true, sub: 'u1', scope: 'a b' }
  expect(readIntrospectionResponse(answer)).toStrictEqual({ active: true, members: answer })
})

it('an inactive answer is inactive, whatever else it says', () => {
  expect(readIntrospectionResponse({ active: false, sub: 'u1', exp: 9 })).toStrictEqual({ active: false })
})

it.each([{}, { active: 'true' }, { active: 'false' }, { active: 1 }, { active: 0 }, { active: null }, { active: [] }])(
  '%j says neither yes nor no',
  (answer) => {
    expect(readIntrospectionResponse(answer)).toBeUndefined()
  },
)

it('a polluted prototype activates nothing', () => {
  expect(readIntrospectionResponse(Object.create({ active: true }) as never)).toBeUndefined()
})
