import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { areas, rules } from '../../mutation/rules.js'
import { documentAt } from '../support/documents.js'
import { root } from '../support/source-files.js'

describe('the rules in SECURITY.md', () => {
  it('are those that are removed one by one; run `pnpm security-rules` to write them again', () => {
    const { text } = documentAt('SECURITY.md')
    const written = [...text.matchAll(/^### (.*)$|^\| ([^|]*?) +\| ([^|]*?) +\| \[[^\]]*\]\(([^)]*)\) +\| .*$/gm)].map(
      ([, title, rule, source, file]) => title ?? `${rule} | ${source} | ${file}`,
    )
    const expected = areas.flatMap(({ title, rules: ofArea }) => [
      title,
      ...ofArea.map(({ rule, source, file }) => `${rule} | ${source} | ${file}`),
    ])
    expect(written).toStrictEqual(expected)
    for (const { test } of rules) expect(text).toContain(`](${test.file}): \`${test.title}\``)
  })

  it.each(rules.map((rule) => [rule.rule, rule] as const))('can be removed and has its test: %s', (_, rule) => {
    const source = readFileSync(join(root, rule.file), 'utf8')
    expect(source.split(rule.remove[0])).toHaveLength(2)
    expect(rule.remove[1]).not.toBe(rule.remove[0])
    expect(existsSync(join(root, rule.test.file))).toBe(true)
  })

  it('have different names', () => {
    expect(new Set(rules.map(({ rule }) => rule)).size).toBe(rules.length)
  })
})
