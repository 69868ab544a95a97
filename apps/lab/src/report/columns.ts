import type { Workload } from '../measurements/load.ts'
import type { OutageResult, SettingResult } from './results.ts'

/** One column of the table, in whatever form it is written. Backquotes mark code. */
export interface Column {
  readonly heading: string
  readonly cell: (result: SettingResult) => string
}

const SETTING: Column = { heading: '`maxRevocationLag`', cell: ({ setting }) => `\`'${setting}'\`` }
const TOKENS: Column = { heading: 'tokens', cell: ({ tokens }) => tokens }
const SOURCE: Column = { heading: 'a revocation is known by', cell: ({ source }) => source }
const P50: Column = { heading: 'p50', cell: ({ p50Ms }) => latency(p50Ms) }
const P99: Column = { heading: 'p99', cell: ({ p99Ms }) => latency(p99Ms) }
const BOUND: Column = { heading: 'bound', cell: ({ lagBoundMs }) => (lagBoundMs === 0 ? 'at once' : lag(lagBoundMs)) }

const MEDIAN: Column = { heading: 'refused after, median', cell: ({ lagMeasuredMs }) => lag(lagMeasuredMs.median) }
const MAX: Column = { heading: 'max', cell: ({ lagMeasuredMs }) => lag(lagMeasuredMs.max) }
const OUTAGE: Column = { heading: 'an outage', cell: ({ outage }) => (outage === undefined ? '' : inWords(outage)) }

/** The whole table. */
export const COLUMNS: readonly Column[] = [
  SETTING,
  TOKENS,
  SOURCE,
  P50,
  P99,
  { heading: 'calls per 1,000 requests', cell: ({ upstreamPer1000 }) => upstreamPer1000.toLocaleString('en') },
  BOUND,
  MEDIAN,
  MAX,
  OUTAGE,
]

/** What can be measured in passing: too few requests for a 99th percentile, and no outage. */
export function shortColumns({ requests }: Workload): readonly Column[] {
  const calls = ({ upstreamPer1000 }: SettingResult) => String(Math.round((upstreamPer1000 * requests) / 1_000))
  return [SETTING, TOKENS, SOURCE, P50, { heading: `calls for ${requests} requests`, cell: calls }, BOUND, MEDIAN, MAX]
}

function latency(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1)} ms`
}

/** To what the clock and the network here can tell. */
export function lag(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${Number((milliseconds / 1_000).toFixed(2))} s`
  return milliseconds < 1 ? '< 1 ms' : `${Math.round(milliseconds)} ms`
}

function inWords({ declared, grantedUntilMs, backAfterMs }: OutageResult): string {
  if (declared === 'unaffected') return 'all granted'
  const until = grantedUntilMs === null ? '503' : `granted for ${lag(grantedUntilMs)}, then 503`
  return `${until}; back after ${lag(backAfterMs)}`
}
