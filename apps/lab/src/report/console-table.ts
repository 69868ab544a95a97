import type { Column } from './columns.ts'
import type { SettingResult } from './results.ts'

/** The table for a terminal: columns as wide as their longest cell. */
export function consoleTable(columns: readonly Column[], results: readonly SettingResult[]): string {
  const rows = [
    columns.map(({ heading }) => heading),
    ...results.map((result) => columns.map(({ cell }) => cell(result))),
  ].map((cells) => cells.map((text) => text.replaceAll('`', '')))
  const widths = columns.map((_, index) => Math.max(...rows.map((cells) => (cells[index] as string).length)))
  return rows
    .map((cells) => `  ${cells.map((text, index) => text.padEnd(widths[index] as number)).join('  ')}`.trimEnd())
    .join('\n')
}
