import { conformance } from '@tokenward/testkit/conformance'
import { expect, it } from 'vitest'
import { documentAt } from '../support/documents.js'

const { cases } = conformance({
  name: 'none',
  start: () => Promise.reject(new Error('not to be run')),
  capabilities: ['step-up', 'sender-constraints'],
})

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const [head, ...others] = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  )
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...others].join('\n')
}

it('the page of conformance cases lists each; `pnpm unit test/docs/conformance-cases -u` writes it again', async () => {
  const groups = [...new Set(cases.map(({ group }) => group))].map((group) => {
    const rows = cases.filter((each) => each.group === group).map(({ id, title }) => [`\`${id}\``, title])
    return `## ${group}\n\n${table([['case', 'every adapter shows that'], ...rows])}\n`
  })
  const page = [
    '# Conformance cases',
    '',
    'What `@tokenward/testkit/conformance` asks of an adapter, in the order it does. Names stay; those of the last two groups',
    "are asked where the adapter says `capabilities: ['step-up', 'sender-constraints']`.",
    '',
    ...groups,
  ].join('\n')
  await expect(page).toMatchFileSnapshot('../../packages/testkit/conformance-cases.md')
})

it('the README of the testkit says how many there are, with every capability and without any, in tens', () => {
  const { text } = documentAt('packages/testkit/README.md')
  const [, all, fewest] = /\[(\d+) questions\]\S+ or\s(\d+) where/.exec(text) ?? []
  const without = conformance({ name: 'none', start: () => Promise.reject(new Error('not to be run')) })
  const inTens = (count: number) => Math.floor(count / 10) * 10
  expect([Number(all), Number(fewest)]).toStrictEqual([inTens(cases.length), inTens(without.cases.length)])
})
