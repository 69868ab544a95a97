// Runs one contender, round by round. Its CPU time is that of the whole process: garbage collection and threads count.
import type { Operation, Prepare, Round } from './contender.ts'

const collectGarbage = globalThis.gc as () => void
let operation: Operation
let next = 0

process.on('message', (message: { readonly setup: unknown } | { readonly round: Round }) => {
  const work = 'setup' in message ? prepare(message.setup) : measure(message.round)
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

async function prepare(setup: unknown): Promise<void> {
  const module = (await import(process.argv[2] as string)) as { readonly prepare: Prepare<unknown> }
  operation = await module.prepare(setup)
}

/** Microseconds of CPU for one operation. */
async function measure({ operations, flows }: Round): Promise<number> {
  collectGarbage()
  let left = operations
  const start = process.cpuUsage()
  await Promise.all(
    Array.from({ length: flows }, async () => {
      while (left-- > 0) {
        const result = operation(next++)
        if (result instanceof Promise) await result
      }
    }),
  )
  const { user, system } = process.cpuUsage(start)
  return (user + system) / operations
}
