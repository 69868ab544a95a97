import { refuseUnknown } from '../known-names.js'
import { catalogue, type ConformanceCaseId } from './catalogue.js'
import type { CaseDefinition, ConformanceCapability } from './conformance-case.js'
import { checkedRunner, type ConformanceRunner } from './runner.js'
import { type Fakes, openFakes } from './fakes.js'
import type { Extras } from './routes.js'
import { AppNotStarted, openWorld, type Start, type World } from './world.js'

/** What a suite is made from. */
export interface ConformanceOptions {
  /** Names the adapter in the titles of the runner. */
  readonly name: string
  /**
   * Builds the app that the description asks for, with the adapter. Called once for most cases together, and once for
   * each that takes an issuer down, changes its keys or moves time.
   */
  readonly start: Start
  /**
   * Cases the adapter cannot pass, each with the reason; six at most. One that passes all the same fails the run. Default
   * none.
   */
  readonly cannotExpress?: Readonly<Partial<Record<ConformanceCaseId, string>>>
  /**
   * What else the adapter can do. `'step-up'`: policies with `acrValues` and `maxAge` (RFC 9470). `'sender-constraints'`:
   * tokens that are bound to their senders (RFC 8705, RFC 9449), on an app of their own. Default none.
   */
  readonly capabilities?: readonly ConformanceCapability[]
}

/** One case, ready to run. */
export interface ConformanceCase {
  /** Its name, which stays. */
  readonly id: ConformanceCaseId
  /** What it is about: cases of one group follow each other. */
  readonly group: string
  /** What every adapter does. */
  readonly title: string
  /** Why the adapter cannot, if it said so. */
  readonly cannotExpress: string | undefined
  /**
   * Rejects where the adapter does otherwise, or where it does what it was said to be unable to. Cases run one after
   * another, whatever order they are called in.
   */
  run(): Promise<void>
}

/** All cases for one adapter. */
export interface ConformanceSuite {
  /** In the order of the documentation. */
  readonly cases: readonly ConformanceCase[]
  /**
   * Hands the cases to a test runner. Without one it takes `describe`, `it` and `afterAll` or `after` that the runner has
   * made global; throws where there are none.
   */
  register(runner?: ConformanceRunner): void
  /** Stops the app that cases share, and all issuers. `register` sees to it; who runs the cases by hand calls it at the end. */
  close(): Promise<void>
}

const KNOWN = ['name', 'start', 'cannotExpress', 'capabilities']
const CAPABILITIES: readonly ConformanceCapability[] = ['step-up', 'sender-constraints']
const MOST_EXCEPTIONS = 6
/** A case that takes this long hangs; less would fail on a busy machine. */
const CASE_TIMEOUT_MS = 60_000

/**
 * The behaviour that every adapter shows, as cases to run against one: credentials, challenges, policies, forged tokens,
 * revocation, outages, concurrency.
 *
 * @throws TypeError for a case or a capability that does not exist, a reason that is empty, or more than six cases that
 * the adapter cannot express.
 */
export function conformance(options: ConformanceOptions): ConformanceSuite {
  const { name, start, cannotExpress, capabilities } = checked(options)
  const withStepUp = capabilities.includes('step-up')
  type Opened = { readonly fakes: Promise<Fakes>; readonly world: Promise<World> }
  let common: Opened | undefined
  /** Where tokens may be bound, every challenge names two schemes: those apps are not for the other cases. */
  let senders: Opened | undefined
  /** Issuers that cases disturb, one case after another. RSA keys are slow to make. */
  let disturbed: Promise<Fakes> | undefined
  let last: Promise<unknown> = Promise.resolve()

  function open(extras: Extras): Opened {
    const fakes = openFakes(extras)
    return { fakes, world: fakes.then((opened) => openWorld(start, opened)) }
  }

  async function check({ ownWorld, capability, check: run }: CaseDefinition): Promise<void> {
    if (capability === 'sender-constraints') return run(await (senders ??= open({ withSenders: true })).world)
    if (!ownWorld) return run(await (common ??= open({ withStepUp })).world)
    const fakes = await (disturbed ??= openFakes({ withStepUp }))
    const world = await openWorld(start, fakes)
    try {
      await run(world)
    } finally {
      fakes.recover()
      await world.close()
    }
  }

  /** Cases that disturb issuers and cases that count calls must not meet. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = last.then(run)
    last = turn.catch(() => {})
    return turn
  }

  const asked = catalogue.filter(({ capability }) => capability === undefined || capabilities.includes(capability))
  const cases = asked.map((definition): ConformanceCase => {
    const { id, group, title } = definition
    const reason = cannotExpress[id]
    const run = reason === undefined ? () => check(definition) : () => expectFailure(id, () => check(definition))
    return { id, group, title, cannotExpress: reason, run: () => inTurn(run) }
  })

  const close = () =>
    inTurn(async () => {
      const worlds = [common?.world, senders?.world]
      const fakes = [common?.fakes, senders?.fakes, disturbed]
      common = senders = disturbed = undefined
      try {
        // The apps first: they may have connections to their issuers.
        for (const world of worlds) await (await world?.catch(() => undefined))?.close()
      } finally {
        for (const each of fakes) await (await each)?.close()
      }
    })

  return {
    cases,
    close,
    register(runner) {
      const { describe, it, afterAll } = checkedRunner(runner)
      describe(`${name} conforms`, () => {
        for (const group of new Set(cases.map((each) => each.group))) {
          describe(group, () => {
            for (const each of cases.filter((candidate) => candidate.group === group)) {
              it(titleOf(each), each.run, CASE_TIMEOUT_MS)
            }
          })
        }
        afterAll(close)
      })
    },
  }
}

function titleOf({ id, title, cannotExpress }: ConformanceCase): string {
  return cannotExpress === undefined ? `${id}: ${title}` : `${id} cannot be expressed: ${cannotExpress}`
}

/** What is excused must not pass: the excuse is out of date then, and hides the next failure. */
async function expectFailure(id: string, check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } catch (error) {
    if (error instanceof AppNotStarted) throw error
    return
  }
  throw new Error(`conformance: ${id} passes; take it out of cannotExpress`)
}

function checked(options: ConformanceOptions): Required<ConformanceOptions> {
  refuseUnknown('conformance', 'the suite', options, KNOWN)
  const { name, start, cannotExpress = {}, capabilities = [] } = options
  if (typeof name !== 'string' || name === '') throw new TypeError('conformance: name must be text, not empty')
  if (typeof start !== 'function') {
    throw new TypeError('conformance: start must be a function that builds the app: start: (app) => ({ fetch })')
  }
  if (!Array.isArray(capabilities)) throw new TypeError('conformance: capabilities must be a list')
  for (const capability of capabilities) {
    if (!CAPABILITIES.includes(capability)) {
      throw new TypeError(`conformance: capabilities are ${CAPABILITIES.join(', ')}; there is no ${String(capability)}`)
    }
  }
  const exceptions = Object.entries(cannotExpress)
  if (exceptions.length > MOST_EXCEPTIONS) {
    throw new TypeError(
      `conformance: cannotExpress lists ${exceptions.length} cases; with more than ${MOST_EXCEPTIONS} it is not conformance`,
    )
  }
  for (const [id, reason] of exceptions) {
    const definition = catalogue.find((candidate) => candidate.id === id)
    if (definition === undefined) throw new TypeError(`conformance: cannotExpress: there is no case ${id}`)
    const { capability } = definition
    if (capability !== undefined && !capabilities.includes(capability)) {
      throw new TypeError(
        `conformance: cannotExpress: ${id} is asked only of adapters with the capability ${capability}`,
      )
    }
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new TypeError(`conformance: cannotExpress: ${id} needs the reason as text`)
    }
  }
  return { name, start, cannotExpress, capabilities }
}
