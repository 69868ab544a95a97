import type { Row } from '../rows/row.ts'
import { figure, range, sortedPeers, target } from './figures.ts'

/** The row as the terminal shows it: what was promised, what came of it, and the peers below. */
export function lineOf(row: Row): string {
  const mark = row.met === null ? ' ' : row.met ? '✓' : '✗'
  const scaled = row.scaled === true ? ', scaled' : ''
  const promised = row.target === null ? '' : `, target ${target(row)}`
  const peers = sortedPeers(row).map(([name, value]) => {
    const less = row.checksLess?.[name] === undefined ? '' : '*'
    return `${name}${less} ${figure(value)}`
  })
  const lines = [
    `${mark} ${row.row}: ${figure(row.ours)} ${row.unit} (${range(row)}${promised}${scaled})`,
    ...(peers.length === 0 ? [] : [`    ${peers.join(' · ')}`]),
    ...Object.entries(row.missing ?? {}).map(([name, reason]) => `    missing: ${name}: ${reason.split('\n')[0]}`),
  ]
  return lines.join('\n')
}
