const BEGIN = '<!-- cost: written by `npm run bench` -->\n'
const END = '<!-- end of cost -->\n'

/** Puts text where the markers of a document are. */
export function betweenMarkers(document: string, text: string): string {
  const [before, rest] = document.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`The document must hold ${BEGIN} and ${END}`)
  return `${before}${BEGIN}\n${text}\n${END}${after}`
}

/** Padded, so that the formatter has nothing to do. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? cell).length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
