import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import { expect, it } from 'vitest'
import type { CedarEngine } from '../../src/engine/cedar-engine.js'
import { describePolicyProblem, parsePolicies } from '../../src/engine/policy.js'

const engine = cedar as CedarEngine
const parse = (...texts: readonly string[]) =>
  parsePolicies(
    engine,
    'policies',
    texts.map((text, index) => ({ name: `${index}.cedar`, text })),
  )

it('keeps the order of policies, more than ten as well', () => {
  const text = Array.from({ length: 12 }, (_, index) => `@id("p${index}") permit(principal, action, resource);`).join(
    '\n',
  )
  expect(parse(text).map(({ id }) => id)).toStrictEqual(Array.from({ length: 12 }, (_, index) => `p${index}`))
})

it('names policies by annotation, or by source and number there', () => {
  const anonymous = 'permit(principal, action, resource);'
  const ids = parse(`${anonymous}\n@id("b c") ${anonymous}\n${anonymous}`, anonymous).map(({ id }) => id)
  expect(ids).toStrictEqual(['0.cedar#1', 'b c', '0.cedar#3', '1.cedar#1'])
})

it('says where a policy is wrong in lines and columns, whatever letters stand before', () => {
  const [, second] = parse(
    '// 💡 größe\npermit(principal, action, resource);\n\n  permit(principal, action, resource)\n  when { true };',
  )
  const problem = { message: 'wrong', help: 'do better', sourceLocations: [{ start: 38, end: 42 }] }
  expect(describePolicyProblem(second as never, problem)).toBe('0.cedar:5:3 wrong (do better)')
  expect(describePolicyProblem(second as never, { message: 'wrong' })).toBe('0.cedar wrong')
})

it('tells everything that does not parse with its place', () => {
  expect(() => parse('permit(principal, action, resource);\n// ü\npermit(principal, actin, resource);')).toThrow(
    /^policies 0\.cedar:3:19 /,
  )
})

it('a Cedar with a syntax of its own finds the policies itself', () => {
  // Something before a policy that this package cannot cut off, and this Cedar can.
  const begins = '/* all; of them */'
  const ahead: CedarEngine = {
    ...engine,
    policySetTextToParts: (text) => engine.policySetTextToParts(text.replace(begins, '')),
  }
  const text = `${begins} @id("a") permit(principal, action, resource);\n@id("b") permit(principal, action, resource);`
  expect(() => parsePolicies(engine, 'policies', [{ name: 'p', text }])).toThrow(/^policies p:1:1 /)
  const found = parsePolicies(ahead, 'policies', [{ name: 'p', text }])
  expect(found.map(({ id, offset }) => [id, offset])).toStrictEqual([
    ['a', 19],
    ['b', 65],
  ])
})
