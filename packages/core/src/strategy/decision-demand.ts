import { ConfigurationError } from '../outcomes/errors.js'
import type { EntityReference, PolicyFunction, PolicyResource } from '../vocabulary/policy-input.js'

/** What a policy asks the decision point: each part as it is, or as a function that says it for a request. */
export interface DecisionDemand {
  /** What is done. */
  readonly action: string | PolicyFunction<never, string>
  /** What it is done to. */
  readonly resource: PolicyResource | PolicyFunction<never, PolicyResource | null | undefined> | undefined
  /** The circumstances. */
  readonly context: object | PolicyFunction<never, object> | undefined
  /** Whether the functions read the claims as the policy's schema gives them; otherwise those of the token. */
  readonly readsSchemaOutput: boolean
}

/** The part of it that stands without any request. `undefined`: a function says it, or nobody. */
export interface PolicyQuestion {
  /** What is done. */
  readonly action: string | undefined
  /** The type of what it is done to. */
  readonly resourceType: string | undefined
}

interface GivenDecision {
  readonly action?: DecisionDemand['action']
  readonly resource?: Exclude<DecisionDemand['resource'], undefined>
  readonly context?: Exclude<DecisionDemand['context'], undefined>
  readonly claims?: unknown
}

export function checkDecisionDemand(owner: string, given: GivenDecision): readonly DecisionDemand[] {
  const { action, resource, context } = given
  if (action === undefined) {
    const lonely = resource !== undefined ? 'resource' : context !== undefined ? 'context' : undefined
    if (lonely === undefined) return []
    throw new ConfigurationError(`${owner}.${lonely}`, 'needs an action: without one the decision point is not asked')
  }
  const demand: DecisionDemand = {
    action: typeof action === 'function' ? action : checkAction(`${owner}.action`, action),
    resource:
      resource === undefined || typeof resource === 'function'
        ? resource
        : Object.freeze({ ...checkResource(`${owner}.resource`, resource) }),
    context:
      context === undefined || typeof context === 'function'
        ? context
        : Object.freeze({ ...checkContext(`${owner}.context`, context) }),
    readsSchemaOutput: given.claims !== undefined,
  }
  return [Object.freeze(demand)]
}

export function questionOf({ action, resource }: DecisionDemand): PolicyQuestion {
  return {
    action: typeof action === 'string' ? action : undefined,
    resourceType: typeof resource === 'object' ? resource.type : undefined,
  }
}

export function checkAction(option: string, action: unknown): string {
  if (typeof action === 'string' && action !== '') return action
  throw new ConfigurationError(option, 'must be a non-empty text, or a function that returns one')
}

export function checkContext(option: string, context: unknown): object {
  if (isRecord(context)) return context
  throw new ConfigurationError(option, 'must be an object, or a function that returns one')
}

export function checkResource(option: string, resource: unknown): PolicyResource {
  if (!isEntityReference(resource)) {
    throw new ConfigurationError(
      option,
      'must have a type and an id, both non-empty texts, or be a function that returns such',
    )
  }
  const { attributes, parents } = resource as { attributes?: unknown; parents?: unknown }
  if (attributes !== undefined && typeof attributes !== 'function' && !isRecord(attributes)) {
    throw new ConfigurationError(`${option}.attributes`, 'must be an object, or a function that loads one')
  }
  if (parents !== undefined && !(Array.isArray(parents) && [...parents].every(isEntityReference))) {
    throw new ConfigurationError(`${option}.parents`, 'must be a list of things with type and id')
  }
  return resource
}

export function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEntityReference(value: unknown): value is EntityReference {
  const { type, id } = (value ?? {}) as { type?: unknown; id?: unknown }
  return typeof type === 'string' && type !== '' && typeof id === 'string' && id !== ''
}
