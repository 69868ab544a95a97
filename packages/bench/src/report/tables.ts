import type { GroupName } from '../groups.ts'
import type { MeasuredOn, Results } from '../results.ts'
import { rowsOf } from '../results.ts'
import type { Row } from '../rows/row.ts'
import { figure, range, sortedPeers, target } from './figures.ts'
import { table } from './markdown.ts'

const HEAD = ['', 'unit', 'Tokenward', 'lowest to highest', 'target', 'met', 'peers']

/** All rows of a group, with the medians of the peers. */
export function groupTable(results: Results, group: GroupName): string {
  const rows = rowsOf(results, group)
  // A column that says nothing takes room.
  const columns = HEAD.map((_, column) => column).filter((column) => {
    return column < 4 || rows.some((row) => cellsOf(row)[column] !== '–')
  })
  const kept = (cells: readonly string[]) => columns.map((column) => cells[column] as string)
  return table(
    kept(HEAD),
    rows.map((row) => kept(cellsOf(row))),
  )
}

function cellsOf(row: Row): readonly string[] {
  const peers = sortedPeers(row).map(([name, value]) => `${name} ${figure(value)}`)
  const met = row.met === null ? '–' : row.met ? 'yes' : 'no'
  const name = row.scaled === true ? `${row.row} (scaled)` : row.row
  return [name, row.unit, figure(row.ours), range(row), target(row), met, peers.length === 0 ? '–' : peers.join(' · ')]
}

/** What has to be known to read the figures: what a row is about, what a peer does not check, why one is missing. */
export function notesOf(results: Results, group: GroupName): readonly string[] {
  const rows = rowsOf(results, group)
  /** What is said of each, and of which rows it is true. */
  const notes = new Map<string, string[]>()
  const say = (text: string, { row }: Row) => notes.set(text, [...(notes.get(text) ?? []), row])
  for (const row of rows) {
    if (row.note !== undefined) say(row.note, row)
    for (const [peer, less] of Object.entries(row.checksLess ?? {})) say(`${peer} ${lessOf(less)}`, row)
    for (const [peer, why] of Object.entries(row.missing ?? {})) say(`${peer} could not be measured: ${why}`, row)
  }
  return [...notes].map(([text, about]) => {
    const where = about.length === rows.length ? '' : ` (${about.join('; ')})`
    return `${text}${where}`.replaceAll(/\s+/g, ' ')
  })
}

function lessOf(less: string): string {
  return less.startsWith('does not') ? less : `checks less: ${less}`
}

/** On what and when a group was measured. */
export function provenance({ date, node, cpu, cores, quick }: MeasuredOn): string {
  const machine = `${date}, Node ${node}, ${cores} × ${cpu}, shared with other work: ratios say more than microseconds.`
  return quick ? `${machine} A quick run, shortened wherever it could be.` : machine
}
