import type { Decision } from '@tokenward/core'
import { MAX_REQUEST_BYTES } from '../mapping/request-limits.js'
import type { PolicyStore } from './policy-store.js'
import type { StoreQuestion } from './store-question.js'

/** Limits of one call (API reference: BatchIsAuthorized, BatchIsAuthorizedWithToken). */
const MAX_REQUESTS = 30
const MAX_ENTITIES = 100

interface Waiting {
  readonly question: StoreQuestion
  readonly signal: AbortSignal
  resolve(decision: Decision): void
  reject(error: unknown): void
}

/** Decisions about one caller that are to be asked for together. */
interface Batch {
  readonly waiting: Waiting[]
  /** What is said of each entity, by its identifier. */
  readonly entities: Map<string, string>
  bytes: number
}

/**
 * Sends decisions about one caller that are asked for in the same turn of the event loop as one call. What does not go with
 * the others, because it says something else of an entity or would make the call too large, opens the next one.
 */
export function batching(store: PolicyStore): Pick<PolicyStore, 'one'> {
  const open = new Map<string, Batch>()

  function batchFor(key: string, question: StoreQuestion): Batch {
    const current = open.get(key)
    if (current !== undefined && fits(current, question)) return current
    const batch: Batch = { waiting: [], entities: new Map(), bytes: 0 }
    open.set(key, batch)
    setTimeout(() => {
      if (open.get(key) === batch) open.delete(key)
      void send(batch.waiting)
    }, 0)
    return batch
  }

  async function send(waiting: readonly Waiting[]): Promise<void> {
    const wanted = waiting.filter(({ signal, reject }) => {
      if (signal.aborted) reject(signal.reason)
      return !signal.aborted
    })
    const [first] = wanted
    if (first === undefined) return
    const signal = whenAllAbort(wanted.map((one) => one.signal))
    try {
      const questions = wanted.map(({ question }) => question)
      const decisions =
        questions.length === 1 ? [await store.one(first.question, signal)] : await store.many(questions, signal)
      for (const [index, { resolve }] of wanted.entries()) resolve(decisions[index] as Decision)
    } catch (error) {
      for (const { reject } of wanted) reject(error)
    }
  }

  return {
    one: (question, signal) =>
      new Promise((resolve, reject) => {
        const batch = batchFor(JSON.stringify(question.caller), question)
        batch.waiting.push({ question, signal, resolve, reject })
        batch.bytes += question.bytes
        for (const item of question.entities) batch.entities.set(JSON.stringify(item.identifier), JSON.stringify(item))
      }),
  }
}

function fits({ waiting, entities, bytes }: Batch, question: StoreQuestion): boolean {
  const identified = question.entities.map((item) => [JSON.stringify(item.identifier), JSON.stringify(item)] as const)
  const added = identified.filter(([identifier]) => !entities.has(identifier))
  return (
    waiting.length < MAX_REQUESTS &&
    bytes + question.bytes <= MAX_REQUEST_BYTES &&
    entities.size + added.length <= MAX_ENTITIES &&
    identified.every(([identifier, item]) => (entities.get(identifier) ?? item) === item)
  )
}

/** One that gives up leaves the call to the others. */
function whenAllAbort(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController()
  const check = () => {
    if (signals.every(({ aborted }) => aborted)) controller.abort()
  }
  for (const signal of signals) signal.addEventListener('abort', check, { once: true })
  return controller.signal
}
