import * as cedar from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policyTextsIn } from '../../src/engine/policy-texts.js'

const textsOf = (source: string) => policyTextsIn(source)?.map(({ text }) => text)

/** The policies that Cedar itself finds, in the order of the source; `undefined` where it refuses the text. */
function foundByCedar(source: string): readonly string[] | undefined {
  const answer = cedar.policySetTextToParts(source)
  if (answer.type === 'failure' || answer.policy_templates.length > 0) return undefined
  return answer.policies.toSorted((a, b) => source.indexOf(a) - source.indexOf(b))
}

/** What loading makes of it: nothing where a part is no policy. */
function foundInParts(source: string): readonly string[] | undefined {
  const texts = textsOf(source)
  return texts?.every((text) => cedar.policyToJson(text).type === 'success') === true ? texts : undefined
}

const plain = 'permit(principal, action, resource)'

describe('a text is cut where policies end', () => {
  it.each([
    ['', []],
    [' \n\u0085\u3000// nothing; "\n', []],
    [`${plain};`, [`${plain};`]],
    [`\n${plain};// one; "\r ${plain} ; `, [`${plain};`, `${plain} ;`]],
    [`@id("a;b // c") ${plain};${plain};`, [`@id("a;b // c") ${plain};`, `${plain};`]],
    [`@id("a\\";") ${plain};`, [`@id("a\\";") ${plain};`]],
    [`@id("a\\\\") ${plain};${plain};`, [`@id("a\\\\") ${plain};`, `${plain};`]],
    [`${plain} // it's; "so"\nwhen { true };`, [`${plain} // it's; "so"\nwhen { true };`]],
    [`${plain} when { 4 / 2; };`, [`${plain} when { 4 / 2;`, '};']],
  ])('%j', (source, texts) => expect(textsOf(source)).toStrictEqual(texts))
})

it('each text stands where its start says, a long text in quotation marks included', () => {
  const source = `// first\n${plain};\n@id("${'x;\\"'.repeat(200_000)}")\n${plain};\n`
  const texts = policyTextsIn(source)
  expect(texts).toHaveLength(2)
  for (const { text, start } of texts ?? []) expect(source.slice(start, start + text.length)).toBe(text)
})

describe('a text is left to Cedar that', () => {
  it.each([
    ['ends within a policy', plain],
    ['ends within quotation marks', `@id("a) ${plain};`],
    ['has something after its last policy', `${plain}; permit`],
  ])('%s', (_, source) => expect(textsOf(source)).toBeUndefined())
})

it('the parts are the policies that Cedar finds, and none where Cedar refuses the whole', () => {
  // Mostly what Cedar takes, so that several policies in a row are.
  const seldom = <Value>(usual: readonly Value[], odd: readonly Value[]) =>
    fc.oneof({ arbitrary: fc.constantFrom(...usual), weight: 40 }, { arbitrary: fc.constantFrom(...odd), weight: 1 })
  const blank = seldom(
    ['', ' ', '\n', '\r\n', '\t', '\u0085', '\u3000', '// a;b\n', '//"\n', '//\r'],
    ['\uFEFF', '/ /'],
  )
  const quoted = seldom(['a', 'b;', ' // c', '\\"', '\\\\', '\\n', ';', '💡', '\\u{1F}', "'"], ['\\', '"', '\n', '\\x'])
  const text = fc.array(quoted, { maxLength: 4 }).map((parts) => `"${parts.join('')}"`)
  const head = fc.oneof(
    fc.constant(''),
    text.map((id) => `@id(${id})`),
    text.map((id) => `@note(${id}) @by("me")`),
  )
  const scope = seldom(['principal', 'principal == User::"a;b"', 'principal is User'], ['principal == ?principal'])
  const condition = fc.oneof(
    fc.constantFrom('', 'when { true }', 'unless { 1 < 2 } when { {a: 1}.a == 1 }'),
    seldom(['when { context["a;"] }'], ['when { 6 / 2 == 3 }']),
    text.map((value) => `when { context.note == ${value} }`),
    text.map((value) => `when { context[${value}] like ${value} }`),
  )
  const end = seldom([';'], ['', ';;', '; //;'])
  const policy = fc
    .tuple(head, blank, fc.constantFrom('permit', 'forbid'), scope, blank, condition, blank, end)
    .map(([annotation, a, effect, principal, b, when, c, last]) =>
      [annotation, a, effect, '(', principal, ',', b, ' action, resource) ', when, c, last].join(''),
    )
  const source = fc.array(fc.oneof(policy, policy, blank), { maxLength: 5 }).map((parts) => parts.join('\n'))
  let accepted = 0
  fc.assert(
    fc.property(source, (given) => {
      const found = foundByCedar(given)
      if (found !== undefined && found.length > 1) accepted += 1
      expect(foundInParts(given)?.toSorted()).toStrictEqual(found?.toSorted())
    }),
    { numRuns: 1_500 },
  )
  expect(accepted).toBeGreaterThan(50)
})
