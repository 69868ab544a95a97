// Runs one contender, round by round. Its CPU time is that of the whole process: garbage collection and threads count.
import type { Operation, Prepare, Round, RoundAnswer, WarmUp } from './contender.ts'

interface Setup {
  readonly setup: unknown
  /** What goes by before anything is measured. */
  readonly warmUp: WarmUp
  /** A module that is measured in between, to be compared with. */
  readonly base?: string
}

/** Operations after which the other has its turn: whatever the machine does meanwhile falls on both. */
const SLICE = 50

const collectGarbage = globalThis.gc as () => void
let own: Runner
let base: Runner | undefined

process.on('message', (message: Setup | { readonly round: Round }) => {
  const work = 'round' in message ? measure(message.round) : prepare(message)
  work.then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => {
      process.stderr.write(`${process.argv[2]}: ${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
process.send?.({})

/**
 * Code is compiled well once it ran some thousand times, and compiling it takes CPU of its own. It is warmed up in the very
 * instance that is measured, since engines compile what exists once better than what exists many times.
 */
async function prepare({ setup, base: module, warmUp }: Setup): Promise<void> {
  own = await runnerOf(process.argv[2] as string, setup)
  base = module === undefined ? undefined : await runnerOf(module, setup)
  let spent = 0
  for (let done = 0; done < warmUp.operations && spent < warmUp.milliseconds * 1_000; done += SLICE) {
    // Early, and not before each round: it also throws away what the engine has learned.
    if (done === SLICE * 4) collectGarbage()
    spent += await own.run(SLICE, 64)
    await base?.run(SLICE, 64)
  }
  own.goOnAt(warmUp.operations)
  base?.goOnAt(warmUp.operations)
}

interface Runner {
  /** Runs some operations, so many at once, and says what CPU they took. */
  run(operations: number, flows: number): Promise<number>
  /** A warm-up that was cut short goes on where every other does: its tokens may come more than once, and no others. */
  goOnAt(index: number): void
}

async function runnerOf(path: string, setup: unknown): Promise<Runner> {
  const module = (await import(path)) as { readonly prepare: Prepare<unknown> }
  const operation: Operation = await module.prepare(setup)
  let next = 0
  return {
    async run(operations, flows) {
      let left = operations
      const start = process.cpuUsage()
      await Promise.all(
        Array.from({ length: Math.min(flows, operations) }, async () => {
          while (left-- > 0) {
            const result = operation(next++)
            if (result instanceof Promise) await result
          }
        }),
      )
      const { user, system } = process.cpuUsage(start)
      return user + system
    },
    goOnAt(index) {
      next = index
    },
  }
}

async function measure({ operations, flows, milliseconds = Infinity }: Round): Promise<RoundAnswer> {
  if (base === undefined) return { cpu: (await own.run(operations, flows)) / operations }
  const total = { own: 0, base: 0 }
  let done = 0
  for (; done < operations && total.own < milliseconds * 1_000; done += SLICE) {
    total.base += await base.run(SLICE, flows)
    total.own += await own.run(SLICE, flows)
  }
  return { cpu: total.own / done, base: total.base / done }
}
