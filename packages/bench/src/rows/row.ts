import { median } from '../measure/statistics.ts'

/** One line of the table, and one object of `results.json`. Every figure is the better the smaller it is. */
export interface Row {
  readonly row: string
  readonly group: string
  readonly unit: string
  /** Median of the rounds; `null` when it could not be measured. */
  readonly ours: number | null
  /** The best round. */
  readonly lowest: number | null
  /** The worst round. */
  readonly highest: number | null
  /** Medians; `null` for a peer that could not be measured, which `missing` explains. */
  readonly peers: Readonly<Record<string, number | null>>
  readonly missing?: Readonly<Record<string, string>>
  /** What a peer does not do that the others do. */
  readonly checksLess?: Readonly<Record<string, string>>
  /** The most it may be; `null` where nothing is promised. */
  readonly target: number | null
  /** `null` without a target. Never `true` with a peer missing, or with fewer than seven rounds. */
  readonly met: boolean | null
  readonly rounds: number
  /** Waits were shortened, or numbers made smaller: the figure is no measure of the real one. */
  readonly scaled?: true
  readonly note?: string
}

/** Round by round, or why there are none. */
export type Measured = readonly number[] | { readonly missing: string }

interface RowParts {
  readonly row: string
  readonly group: string
  readonly unit: string
  readonly ours: Measured
  readonly peers?: Readonly<Record<string, Measured>>
  readonly checksLess?: Readonly<Record<string, string>>
  readonly target?: number | null
  readonly scaled?: boolean
  readonly note?: string | undefined
}

/** Fewer say too little of a machine that does other work as well. */
const MIN_ROUNDS = 7

export function makeRow({ ours, peers = {}, checksLess = {}, target = null, scaled, note, ...names }: RowParts): Row {
  const all = Object.entries({ Tokenward: ours, ...peers })
  const missing = Object.fromEntries(
    all
      .filter(([, figure]) => 'missing' in figure)
      .map(([name, figure]) => [name, (figure as { missing: string }).missing]),
  )
  const rounds = 'missing' in ours ? [] : ours
  const measured = valueOf(ours)
  const isMet = measured !== null && target !== null && measured <= target
  return {
    ...names,
    ours: measured,
    lowest: measured === null ? null : rounded(Math.min(...rounds)),
    highest: measured === null ? null : rounded(Math.max(...rounds)),
    peers: Object.fromEntries(Object.entries(peers).map(([name, figure]) => [name, valueOf(figure)])),
    ...(Object.keys(missing).length > 0 && { missing }),
    ...(Object.keys(checksLess).length > 0 && { checksLess }),
    target,
    met: target === null ? null : isMet && rounds.length >= MIN_ROUNDS && Object.keys(missing).length === 0,
    rounds: rounds.length,
    ...(scaled === true && { scaled }),
    ...(note !== undefined && { note }),
  }
}

function valueOf(figure: Measured): number | null {
  if ('missing' in figure) return null
  // One round that came to nothing spoils them all.
  return figure.length > 0 && figure.every(Number.isFinite) ? rounded(median(figure)) : null
}

/** Digits beyond these say nothing. */
function rounded(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3))
}
