import { ConfigurationError } from '@tokenward/core/errors'
import type { CedarEngine } from '../engine/cedar-engine.js'
import type { Policy } from '../engine/policy.js'
import { entityKey, type Schema } from '../engine/schema.js'
import { readsOf } from './attribute-reads.js'
import { type ClaimReads, claimsReadBy } from './claim-reads.js'
import { type GroupReads, groupsReadBy } from './group-reads.js'
import { type ScopeReads, scopesReadBy } from './scope-reads.js'

/** The policies that can matter for one action, as the engine knows them. */
export interface Slice {
  /** What the engine calls the set. */
  readonly name: string
  readonly policies: readonly Policy[]
  /** What its policies may want to know of the resource, which claims, which scopes and which groups. */
  readonly reads: {
    readonly attributes: boolean
    readonly hierarchy: boolean
    readonly claims: ClaimReads
    readonly scopes: ScopeReads
    readonly groups: GroupReads
  }
}

/** All policies, in one set or sliced by action. */
export interface Slices {
  /** Keys of the actions that policies or the schema name. */
  readonly named: ReadonlySet<string>
  /** By the key of the action. Parsed when it is first asked for. */
  for(actionKey: string): Slice
  /** Frees what the engine remembers. */
  release(): void
}

interface SliceSettings {
  readonly engine: CedarEngine
  readonly option: string
  /** What the names of sets begin with. */
  readonly name: string
  readonly schema: Schema | undefined
  /** `false`: one set for every action. */
  readonly byAction: boolean
}

/** Of an action that no policy and no schema names, so that made-up actions share one set. */
const ANY_OTHER = 'any other action'

/**
 * A policy whose scope names other actions cannot apply, so leaving it out changes no decision. Cedar itself looks at every
 * policy of a set for each request.
 */
export function createSlices(policies: readonly Policy[], settings: SliceSettings): Slices {
  const { engine, option, name, schema, byAction } = settings
  const constraints = policies.map((policy) => ({ policy, actions: actionsOf(policy) }))
  const named = new Set([...constraints.flatMap(({ actions }) => actions ?? []), ...(schema?.actions.keys() ?? [])])
  const slices = new Map<string, Slice>()

  function createSlice(key: string): Slice {
    const groups = schema?.actions.get(key)?.ancestors
    const applies = ({ actions }: (typeof constraints)[number]) =>
      !byAction || actions === undefined || actions.some((action) => action === key || groups?.has(action) === true)
    const chosen = constraints.filter(applies).map(({ policy }) => policy)
    const sliceName = `${name}/${slices.size}`
    const staticPolicies = Object.fromEntries(chosen.map(({ id, text }) => [id, text]))
    const answer = engine.preparsePolicySet(sliceName, { staticPolicies })
    if (answer.type === 'failure') {
      throw new ConfigurationError(option, answer.errors.map((error) => error.message).join('; '))
    }
    const reads = chosen.map(readsOf)
    return {
      name: sliceName,
      policies: chosen,
      reads: {
        attributes: reads.some(({ attributes }) => attributes),
        hierarchy: reads.some(({ hierarchy }) => hierarchy),
        claims: claimsReadBy(chosen),
        scopes: scopesReadBy(chosen),
        groups: groupsReadBy(chosen),
      },
    }
  }

  return {
    named,
    for(actionKey) {
      const key = byAction && named.has(actionKey) ? actionKey : ANY_OTHER
      const known = slices.get(key)
      if (known !== undefined) return known
      const slice = createSlice(key)
      slices.set(key, slice)
      return slice
    },
    release() {
      // The engine keeps sets for good; an empty one takes the place of each.
      for (const { name: sliceName } of slices.values()) engine.preparsePolicySet(sliceName, { staticPolicies: {} })
      slices.clear()
    },
  }
}

/** The actions a policy's scope names; `undefined` for any. */
function actionsOf({ json: { action } }: Policy): readonly string[] | undefined {
  if (action.op === 'All') return undefined
  return [...(action.entities ?? []), ...(action.entity === undefined ? [] : [action.entity])].map(entityKey)
}
