import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What is held, once everything that can be freed was: some of it only when its finalizers have run. */
export async function heapInUse(): Promise<number> {
  const collect = collector()
  for (let round = 0; round < 5; round++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return held()
}

function collector(): () => void {
  const { Bun } = globalThis as { readonly Bun?: { readonly gc: (now: true) => void } }
  if (Bun !== undefined) return () => Bun.gc(true)
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** The most that is held while something happens, above what was held before, in megabytes. */
export async function peakDuring(happening: () => Promise<unknown>): Promise<number> {
  const before = await heapInUse()
  let peak = before
  const watch = setInterval(() => (peak = Math.max(peak, held())), 1)
  try {
    await happening()
    peak = Math.max(peak, held())
  } finally {
    clearInterval(watch)
  }
  return (peak - before) / 1e6
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
