import { COLUMNS } from './columns.ts'
import { explanationsOf } from './explanations.ts'
import type { LabResults } from './results.ts'

/** Where the section stands in a document. */
export const BEGIN = '<!-- lab -->\n'
export const END = '<!-- end of lab -->\n'

/** The table with what has to be known to read it. */
export function markdownSection(results: LabResults): string {
  const rows = [
    COLUMNS.map(({ heading }) => heading),
    COLUMNS.map(() => '---'),
    ...results.settings.map((result) => COLUMNS.map(({ cell }) => cell(result))),
  ]
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const list = explanationsOf(results).map((explanation) => `- ${explanation}`)
  return `\n${table}\n\n${list.join('\n')}\n\n`
}

/** The document with the section of these results in the place of the one before. */
export function withSection(document: string, results: LabResults): string {
  const [before, rest] = document.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`The document must hold ${BEGIN} and ${END}`)
  return `${before}${BEGIN}${markdownSection(results)}${END}${after}`
}
