import { startChild } from '../measure/child-process.ts'
import { makeRow, type Row } from '../rows/row.ts'

export type MemoryCase = keyof typeof CASES

/** What is filled, with how many entries, and how often. */
export interface MemoryQuestion {
  readonly kind: MemoryCase
  /** What the first entries bring with them, compiled code above all, is on the account of none. */
  readonly first: number
  readonly count: number
  readonly rounds: number
}

export interface FloodQuestion {
  /** The same token so many times. Code that runs for the first time takes memory, too. */
  readonly before: number
  readonly maxRememberedTokens: number
  /** After how many it is measured. */
  readonly tokens: readonly number[]
}

/** Bytes before, and after so many made-up tokens; and how many of them are still remembered. */
export interface FloodFigures {
  readonly heapBefore: number
  readonly heapAfter: Record<number, number>
  readonly remembered: number
}

const CASES = {
  verifiedToken: 'memory per remembered token, at 100,000',
  verifiedTokenOfFastJwt: 'the same, of fast-jwt',
  jwtUnchanged: 'answer about a JWT that changes nothing',
  jwtNarrowed: 'answer about a JWT that narrows it; its claims are kept',
  jwtInactive: 'inactive answer about a JWT',
  opaque: 'answer about an opaque token; its claims are kept',
  opaqueInactive: 'inactive answer about an opaque token',
  listedToken: 'revocation list: a token',
  listedLogin: 'revocation list: a login',
  listedUser: 'revocation list: a user',
} as const

/** As many as are remembered, and what comes after them. */
const FLOOD = { before: 500, first: 10_000, more: 30_000 }
const QUICK_FLOOD = { before: 250, first: 200, more: 600 }
const MEGABYTE = 2 ** 20
const ROUNDS = 7

/** What one entry of each memory takes, and what made-up opaque tokens leave behind. */
export async function memoryRows(quick: boolean): Promise<readonly Row[]> {
  const first = quick ? 250 : 500
  const count = quick ? 250 : 20_000
  const promised = quick ? 250 : 100_000
  const kinds = Object.keys(CASES) as MemoryCase[]
  const isVerified = (kind: MemoryCase) => kind.startsWith('verifiedToken')
  // What is promised is measured seven times, at the size it is promised for; the rest differs by a few bytes.
  const figures = await sideBySide<MemoryQuestion, readonly number[]>(
    'memory-process.ts',
    kinds.map((kind) => {
      return isVerified(kind) ? { kind, first, count: promised, rounds: ROUNDS } : { kind, first, count, rounds: 1 }
    }),
  )
  const of = (kind: MemoryCase) => figures[kinds.indexOf(kind)] as readonly number[]
  const base = { group: 'memory', unit: 'bytes', scaled: quick }
  return [
    makeRow({
      ...base,
      row: CASES.verifiedToken,
      ours: of('verifiedToken'),
      peers: { 'fast-jwt': of('verifiedTokenOfFastJwt') },
      checksLess: { 'fast-jwt': 'one key that never changes, so that none can be withdrawn' },
      target: 1_000,
    }),
    ...kinds.filter((kind) => !isVerified(kind)).map((kind) => makeRow({ ...base, row: CASES[kind], ours: of(kind) })),
    ...(await floodRows(quick)),
  ]
}

async function floodRows(quick: boolean): Promise<readonly Row[]> {
  const { before, first, more } = quick ? QUICK_FLOOD : FLOOD
  const question = { before, maxRememberedTokens: first, tokens: [first, first + more] }
  const rounds = await sideBySide<FloodQuestion, FloodFigures>(
    'flood-process.ts',
    Array.from({ length: ROUNDS }, () => question),
  )
  const after = ({ heapAfter }: FloodFigures, tokens: number) => heapAfter[tokens] as number
  const note = `${rounds[0]?.remembered.toLocaleString('en-US')} of them are remembered in the end`
  const row = (name: string, bytes: (figures: FloodFigures) => number, target: number) =>
    makeRow({
      row: name,
      group: 'memory',
      unit: 'MB',
      ours: rounds.map((figures) => bytes(figures) / MEGABYTE),
      target,
      scaled: quick,
      note,
    })
  return [
    row('10,000 made-up opaque tokens leave behind', (figures) => after(figures, first) - figures.heapBefore, 8),
    row('30,000 more add to that', (figures) => after(figures, first + more) - after(figures, first), 2),
  ]
}

/**
 * Memory is the same however busy the machine is, so that two questions are asked at once; each in a process of its own,
 * where nothing of another can be freed while it is measured.
 */
async function sideBySide<Question extends object, Answer>(
  module: string,
  questions: readonly Question[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const left = [...questions.entries()]
  await Promise.all(
    [1, 2].map(async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const [index, question] = next
        const child = await startChild(new URL(module, import.meta.url), {
          execArgv: ['--expose-gc'],
          sharesCode: true,
        })
        answers[index] = (await child.ask<{ answer: Answer }>(question)).answer
        await child.stop()
      }
    }),
  )
  return answers
}
