// Writes the rules into SECURITY.md. A test compares the two.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Rule } from '../mutation/rule.ts'
import { areas } from '../mutation/rules.ts'
import { root } from './process.ts'

const DOCUMENT = join(root, 'SECURITY.md')
const BEGIN = '<!-- rules -->\n'
const END = '<!-- end of rules -->\n'

const text = await readFile(DOCUMENT, 'utf8')
const [before, rest] = text.split(BEGIN)
const after = rest?.split(END)[1]
if (before === undefined || after === undefined) throw new Error(`SECURITY.md must hold ${BEGIN} and ${END}`)
await writeFile(DOCUMENT, `${before}${BEGIN}\n${areas.map(section).join('\n')}\n${END}${after}`)

function section({ title, rules }: (typeof areas)[number]): string {
  return [
    `### ${title}`,
    '',
    '| rule | source | where | test |',
    '| --- | --- | --- | --- |',
    ...rules.map(row),
    '',
  ].join('\n')
}

function row({ rule, source, file, test }: Rule): string {
  const cells = [rule, source, link(file), `${link(test.file)}: \`${test.title}\``]
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
}

function link(path: string): string {
  return `[${path.split('/').at(-1)}](${path})`
}
