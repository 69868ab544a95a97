import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Does something at an even pace, however long it takes each time, and waits for all of it. What a busy machine delayed
 * is not made up for: a burst would measure the machine.
 */
export async function atPace<T>(times: number, everyMs: number, act: (index: number) => Promise<T>): Promise<T[]> {
  const acts: Promise<T>[] = []
  let due = performance.now()
  for (let index = 0; index < times; index++) {
    await sleep(Math.max(0, due - performance.now()))
    const doing = act(index)
    // Whoever waits for all of it hears of a failure.
    doing.catch(() => {})
    acts.push(doing)
    due = Math.max(due + everyMs, performance.now())
  }
  return Promise.all(acts)
}
