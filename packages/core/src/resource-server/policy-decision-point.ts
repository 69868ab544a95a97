import { ConfigurationError } from '../outcomes/errors.js'
import { durationOption } from '../outcomes/option-check.js'
import { type DecisionDemand, type PolicyQuestion, questionOf } from '../strategy/decision-demand.js'
import type { DecisionExplanation } from '../strategy/policy-explanation.js'
import type { FetchSignal } from '../transport/fetch-client.js'
import type { Duration } from '../vocabulary/duration.js'
import type { EntityReference } from '../vocabulary/policy-input.js'
import type { Principal } from '../vocabulary/principal.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'

/** An `AbortSignal` of the platform where its types are known, to be passed on as it is. No DOM type is named. */
export type PlatformSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : FetchSignal

/**
 * Decides, by policies of its own, whether a principal may do something: Cedar, Amazon Verified Permissions, or a few
 * lines of the application. It is asked by routes with an `action`, after everything else has passed.
 */
export interface PolicyDecisionPoint {
  /**
   * Decides; `signal` is aborted when the time is up, and by `close()`. What it throws, or rejects with, is no decision: 503. Nothing is remembered from one request to the next;
   * policies on one presented request that ask the same share an answer.
   */
  decide(request: DecisionRequest, options: { readonly signal: PlatformSignal }): Decision | Promise<Decision>
  /** Longest time for one decision, what loads the resource included. Default `'3s'`, range `'100ms'` to `'30s'`. */
  readonly timeout?: Duration | undefined
  /** Gets ready before traffic, as by loading policies. Part of `api.ready()`, which rejects with what this does. */
  ready?(): unknown
  /**
   * Sees each question when the server first meets its policy: a {@link ConfigurationError} thrown here refuses an action
   * that no policy knows, at boot.
   */
  prepare?(question: PolicyQuestion): void
  /** One line for `api.explain`: what decides the question. */
  explain?(question: PolicyQuestion): string
}

/** Whether somebody may do something. */
export interface DecisionRequest {
  /** Who is calling. `claims` are those of the token, whatever schema the route has. */
  readonly principal: Principal
  /** What is to be done. */
  readonly action: string
  /** What it is to be done to; `undefined` where the policy does not say. */
  readonly resource: DecisionResource | undefined
  /** The circumstances; empty where the policy has none. */
  readonly context: object
  /** The request as it was handed in; `undefined` where there is none. */
  readonly request: AnyRequest | undefined
  /** The text of the token. A function, so that whoever logs this object logs no token. */
  accessToken(): string
}

/** What is acted upon, of which more can be learned. */
export interface DecisionResource extends EntityReference {
  /** What it belongs to. */
  readonly parents: readonly EntityReference[]
  /**
   * What is known of it. The policy's loader runs with the first call. Should it fail, or say that there is no such
   * thing, the request is not permitted, whatever is answered here.
   */
  attributes(): Promise<object>
}

/** What a decision point answers. Nothing of it is told to the client. */
export type Decision = PermitOrDeny | Undecided

/** The policies say yes, or they do not. */
export interface PermitOrDeny {
  /** `'deny'` is 403. */
  readonly decision: 'permit' | 'deny'
  /** Names of the policies that determined it, for the event. Default none. */
  readonly determiningPolicies?: readonly string[] | undefined
  /** Policies that could not be evaluated, though the decision stands, for the event; no claim values. Default none. */
  readonly policyErrors?: readonly string[] | undefined
}

/** There is no decision. */
export interface Undecided {
  /** Tells it from a decision. */
  readonly decision: 'error'
  /**
   * `'request-data'`: policies cannot be evaluated on the data of this very request, 403. `'unavailable'`: whoever
   * decides cannot be reached, is slow or asks for fewer calls, 503. `'configuration'`: no request can be decided until
   * somebody mends it, 503.
   */
  readonly reason: 'request-data' | 'unavailable' | 'configuration'
  /** What went wrong, for the event. Default none. */
  readonly cause?: unknown
}

const OPTION = 'decisionPoint'

/** Milliseconds for one decision. */
export function checkDecisionPoint(owner: string, decisionPoint: PolicyDecisionPoint): number {
  const option = `${owner}.${OPTION}`
  const given = decisionPoint as PolicyDecisionPoint | null
  if (typeof given?.decide !== 'function') {
    throw new ConfigurationError(option, 'must have a decide() that returns { decision }')
  }
  for (const name of ['ready', 'prepare', 'explain'] as const) {
    if (given[name] !== undefined && typeof given[name] !== 'function') {
      throw new ConfigurationError(`${option}.${name}`, 'must be a function')
    }
  }
  return durationOption(`${option}.timeout`, given.timeout, { byDefault: 3_000, min: 100, max: 30_000 })
}

export function explainDecisions(
  demands: readonly DecisionDemand[],
  decisionPoint: PolicyDecisionPoint | undefined,
): readonly DecisionExplanation[] {
  return demands.map((demand) => {
    const question = questionOf(demand)
    return { ...question, explanation: decisionPoint?.explain?.(question) }
  })
}

/** A policy whose question nobody here can answer would refuse everybody, and hide why. */
export function checkDecisions(
  demands: readonly DecisionDemand[],
  decisionPoint: PolicyDecisionPoint | undefined,
): void {
  if (demands.length > 0 && decisionPoint === undefined) {
    throw new ConfigurationError('policy.action', 'needs a decision point: give the server the option decisionPoint')
  }
  for (const demand of demands) decisionPoint?.prepare?.(questionOf(demand))
}
