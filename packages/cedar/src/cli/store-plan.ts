import { ConfigurationError } from '@tokenward/core'
import type { Policy } from '../engine/policy.js'
import { storeSchemaJson } from '../engine/store-schema.js'
import type { LocalCedar } from './local-files.js'
import type { StoreContents, StorePolicy } from './store-contents.js'

/** What tells a folder and a store apart. */
export interface Difference {
  /** The schema to put; `undefined` where the store has it. */
  readonly schema: string | undefined
  readonly missing: readonly Policy[]
  readonly changed: readonly ChangedPolicy[]
  readonly same: number
  /** Policies of the store that the folder does not have. */
  readonly foreign: readonly StorePolicy[]
}

/** A policy that both have, with other contents. */
export interface ChangedPolicy {
  readonly policy: Policy
  readonly stored: StorePolicy
  /** Whether effect, principal and resource are the same, which no update may change (UpdatePolicy). */
  readonly updatable: boolean
}

/** Policies are the same when Cedar reads the same in them, whatever their comments and their form. */
export function differenceOf({ engine, schema, policies }: LocalCedar, contents: StoreContents): Difference {
  for (const { id, source } of policies) checkName(id, source.name)
  const json = storeSchemaJson(engine, 'schema', 'schema', schema.text)
  const stored =
    contents.schema === undefined
      ? undefined
      : storeSchemaJson(engine, 'store', 'schema of the store', JSON.parse(contents.schema) as object)
  const byName = new Map(
    contents.policies.flatMap((policy) => (policy.name === undefined ? [] : [[policy.name, policy]])),
  )
  const known = policies.flatMap((policy) => {
    const inStore = byName.get(policy.id)
    return inStore === undefined ? [] : [{ policy, stored: inStore, json: jsonOf(inStore) }]
  })
  const changed = known.filter(({ policy, json: other }) => JSON.stringify(other) !== JSON.stringify(policy.json))

  function jsonOf({ statement, policyId }: StorePolicy): Policy['json'] {
    const answer = engine.policyToJson(statement ?? '')
    if (answer.type === 'success') return answer.json as Policy['json']
    throw new ConfigurationError('store', `has a policy ${policyId} that cannot be compared`)
  }

  return {
    schema: stored === json ? undefined : json,
    missing: policies.filter(({ id }) => !byName.has(id)),
    changed: changed.map(({ policy, stored: inStore, json: other }) => ({
      policy,
      stored: inStore,
      updatable: (['effect', 'principal', 'resource'] as const).every(
        (part) => JSON.stringify(other[part]) === JSON.stringify(policy.json[part]),
      ),
    })),
    same: known.length - changed.length,
    foreign: contents.policies.filter(({ name }) => name === undefined || !policies.some(({ id }) => id === name)),
  }
}

/** Policies that are linked to templates are nobody's difference: files have none. */
export function isDifferent({ schema, missing, changed, foreign }: Difference): boolean {
  const onlyThere = foreign.filter(({ statement }) => statement !== undefined)
  return schema !== undefined || missing.length + changed.length + onlyThere.length > 0
}

/** One line for each difference, and one for what is the same. */
export function describe({ schema, missing, changed, same, foreign }: Difference): readonly string[] {
  return [
    ...(schema === undefined ? [] : ['~ schema']),
    ...missing.map(({ id }) => `+ ${id}`),
    ...changed.map(
      ({ policy, updatable }) =>
        `~ ${policy.id}${updatable ? '' : ' (replaced: another effect, principal or resource)'}`,
    ),
    ...foreign.map((policy) => `- ${labelOf(policy)}`),
    `= ${same} policies${schema === undefined ? ', and the schema' : ''}`,
  ]
}

function labelOf({ name, policyId, statement }: StorePolicy): string {
  if (statement === undefined) return `${policyId} (linked to a template, left alone)`
  return name ?? `${policyId} (without a name)`
}

function checkName(id: string, source: string): void {
  if (/^[a-zA-Z0-9-/_]{1,145}$/.test(id)) return
  throw new ConfigurationError(
    source,
    `has a policy called '${id}': in a store it needs an annotation @id("…") of letters, digits, - / _`,
  )
}
