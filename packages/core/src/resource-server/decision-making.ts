import { ConfigurationError } from '../outcomes/errors.js'
import type { Emit, PolicyDecided, PolicyDecisionFailed } from '../outcomes/events.js'
import type { OperatorCode } from '../outcomes/operator-codes.js'
import { checkAction, checkContext, checkResource, type DecisionDemand } from '../strategy/decision-demand.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { type Clock, elapsedSince, type Instant, readInstant } from '../transport/clock.js'
import { callAfter } from '../transport/timer.js'
import type { PolicyFunction, PolicyInput } from '../vocabulary/policy-input.js'
import type { Principal } from '../vocabulary/principal.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'
import { decisionResource } from './decision-resource.js'
import type { PlatformSignal, PolicyDecisionPoint, Undecided } from './policy-decision-point.js'

/** A request whose token has passed, and for which evidence is at hand. */
interface DecisionSubject {
  readonly route: string | undefined
  readonly facts: TokenFacts
  /** With the claims as the route's schema gives them. */
  readonly principal: Principal<unknown>
  readonly accessToken: () => string
  readonly request: AnyRequest | undefined
  /** What was decided before on the same request; `undefined` where nothing is shared. */
  readonly memo: DecisionMemo | undefined
}

/** Decisions on one presented request. */
export type DecisionMemo = WeakMap<DecisionDemand, RememberedDecision>

interface RememberedDecision {
  readonly facts: TokenFacts
  readonly answer: Promise<OperatorCode | undefined>
  settledAt: Instant | undefined
}

/** Asks the decision point what policies demand. */
export interface DecisionMaker {
  /** Why the subject may not; `undefined` where every demand is permitted. */
  decide(demands: readonly DecisionDemand[], subject: DecisionSubject): Promise<OperatorCode | undefined>
  /** Gives up what is under way. */
  close(): void
}

interface DecisionMakerParts {
  readonly decisionPoint: PolicyDecisionPoint
  /** Milliseconds for one decision. */
  readonly timeout: number
  readonly clock: Clock
  readonly emit: Emit
}

/** What one decision came to, and what is reported of it. */
interface Landing {
  readonly code: OperatorCode | undefined
  readonly report?: Report
}

type Unplaced<Event> = Omit<Event, 'at' | 'route' | 'issuer'>
type Report = Unplaced<PolicyDecided> | Unplaced<PolicyDecisionFailed>

/** A request takes no longer than that between two of its policies. A socket that was presented once does. */
const SHARED_FOR_MS = 1_000

export function createDecisionMaker({ decisionPoint, timeout, clock, emit }: DecisionMakerParts): DecisionMaker {
  const open = new Set<() => void>()
  let closed = false

  function remembered(demand: DecisionDemand, subject: DecisionSubject): Promise<OperatorCode | undefined> {
    const { facts, memo } = subject
    const known = memo?.get(demand)
    // Facts that an answer has narrowed since are other facts.
    if (known !== undefined && known.facts === facts && isYoung(known)) return known.answer
    const entry: RememberedDecision = { facts, answer: ask(demand, subject), settledAt: undefined }
    memo?.set(demand, entry)
    void entry.answer.then(() => (entry.settledAt = readInstant(clock)))
    return entry.answer
  }

  function isYoung({ settledAt }: RememberedDecision): boolean {
    return settledAt === undefined || elapsedSince(settledAt, readInstant(clock)) <= SHARED_FOR_MS
  }

  /** Never rejects. What comes after the time is up, or after `close()`, is dropped. */
  function ask(demand: DecisionDemand, subject: DecisionSubject): Promise<OperatorCode | undefined> {
    const controller = new AbortController()
    return new Promise((resolve) => {
      const land = ({ code, report }: Landing) => {
        if (!open.delete(giveUp)) return
        cancelTimer()
        const { route, facts } = subject
        if (report !== undefined) emit({ at: clock.now(), route, issuer: facts.issuer, ...report })
        resolve(code)
      }
      const giveUp = () => {
        land({ code: 'resource-server-closed' })
        controller.abort()
      }
      const cancelTimer = callAfter(timeout, () => {
        land(failed('decision-unavailable', 'timeout', undefined))
        controller.abort()
      })
      open.add(giveUp)
      void evaluate(demand, subject, controller.signal).then(land)
    })
  }

  async function evaluate(demand: DecisionDemand, subject: DecisionSubject, signal: PlatformSignal): Promise<Landing> {
    const { facts, request, accessToken } = subject
    // What a schema makes of the claims is for the functions of its own policy.
    const ofToken = Object.freeze({ ...subject.principal, claims: facts.claims })
    const principal = demand.readsSchemaOutput ? subject.principal : ofToken
    const input: PolicyInput<unknown> = Object.freeze({ principal, request, params: request?.params ?? {} })
    let landing: Landing | undefined
    const stopAt = (reason: Landing) => (landing ??= reason)
    try {
      const action = checkAction('policy.action', await said(demand.action, input))
      const found = demand.resource === undefined ? undefined : await said(demand.resource, input)
      if (found === null || (found === undefined && demand.resource !== undefined)) return { code: 'resource-unknown' }
      const resource =
        found &&
        decisionResource(checkResource('policy.resource', found), {
          onUnknown: () => stopAt({ code: 'resource-unknown' }),
          onFailure: (error) => stopAt(failed('policy-input-failed', 'input', error)),
        })
      const context =
        demand.context === undefined ? {} : checkContext('policy.context', await said(demand.context, input))
      const question = Object.freeze({ principal: ofToken, action, resource, context, request, accessToken })
      const answer = await answerOf(() => decisionPoint.decide(question, { signal }), action)
      return landing ?? answer
    } catch (error) {
      return failed('policy-input-failed', 'input', error)
    }
  }

  return {
    async decide(demands, subject) {
      for (const demand of demands) {
        if (closed) return 'resource-server-closed'
        const refusal = await remembered(demand, subject)
        if (refusal !== undefined) return refusal
      }
      return undefined
    },
    close() {
      closed = true
      for (const giveUp of open) giveUp()
    },
  }
}

async function said<Value>(part: Value | PolicyFunction<never, Value>, input: PolicyInput<unknown>): Promise<Value> {
  return typeof part === 'function' ? (part as PolicyFunction<unknown, Value>)(input) : part
}

/** What comes of each reason for which there is no decision. */
const UNDECIDED = {
  'request-data': 'decision-failed',
  unavailable: 'decision-unavailable',
  configuration: 'decision-misconfigured',
} as const satisfies Record<Undecided['reason'], OperatorCode>

/** Whatever is not clearly a yes is none. */
async function answerOf(decide: () => unknown, action: string): Promise<Landing> {
  const answer: Record<string, unknown> = Object.create(null)
  try {
    // Its own members alone: what a prototype was made to say permits nothing.
    Object.assign(answer, await decide())
  } catch (error) {
    if (error instanceof ConfigurationError) return failed('decision-misconfigured', 'configuration', error)
    return failed('decision-unavailable', 'unavailable', error)
  }
  const { decision, reason, cause } = answer
  if (decision === 'permit' || decision === 'deny') {
    const determiningPolicies = names(answer['determiningPolicies'])
    const report = {
      type: 'policy-decided',
      action,
      decision,
      determiningPolicies,
      policyErrors: names(answer['policyErrors']),
    } as const
    return { code: decision === 'permit' ? undefined : 'decision-denied', report }
  }
  if (decision === 'error' && typeof reason === 'string' && Object.hasOwn(UNDECIDED, reason)) {
    const known = reason as keyof typeof UNDECIDED
    return failed(UNDECIDED[known], known, cause)
  }
  const problem = "must answer { decision: 'permit' }, { decision: 'deny' } or { decision: 'error', reason }"
  return failed('decision-misconfigured', 'configuration', new ConfigurationError('decisionPoint.decide', problem))
}

function failed(code: OperatorCode, reason: PolicyDecisionFailed['reason'], error: unknown): Landing {
  return { code, report: { type: 'policy-decision-failed', reason, error } }
}

function names(value: unknown): readonly string[] {
  return Object.freeze(Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [])
}
