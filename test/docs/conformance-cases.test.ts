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

it('the README of the testkit says how many there are, in tens', () => {
  const [, told] = /\[(\d+) questions\]/.exec(documentAt('packages/testkit/README.md').text) ?? []
  expect(Number(told)).toBe(Math.floor(cases.length / 10) * 10)
})
