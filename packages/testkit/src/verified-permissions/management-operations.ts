import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { JsonRecord } from '../jws/compact-jws.js'
import type { Operation } from './authorization-operations.js'
import { jsonAt } from './entities.js'
import { recordAt, textAt, unionAt } from './input.js'
import type { StoredPolicy } from './policies.js'
import type { PolicyStore } from './policy-store.js'
import { invalid, notFound } from './service-exception.js'

/** "Schema size: 100,000 bytes" (quotas). */
const MAX_SCHEMA = 100_000
const MAX_ID = 200
const ID = /^[a-zA-Z0-9-/_]*$/
/** The number the API gives without `maxResults`. */
const PAGE = 10

export const getSchema: Operation = ({ policyStoreId, schema }) => {
  if (schema === undefined) throw notFound('SCHEMA', policyStoreId)
  const { current, createdDate, lastUpdatedDate } = schema
  return { policyStoreId, schema: current.json, namespaces: current.namespaces, createdDate, lastUpdatedDate }
}

export const putSchema: Operation = (store, { definition }) => {
  const [, content] = unionAt('definition', definition, ['cedarJson'])
  const path = 'definition.cedarJson'
  if (Buffer.byteLength(textAt(path, content, Number.POSITIVE_INFINITY)) > MAX_SCHEMA) {
    throw invalid(path, `must have at most ${MAX_SCHEMA} bytes`)
  }
  store.putSchema(recordAt(path, jsonAt(path, content)))
  const { current, createdDate, lastUpdatedDate } = store.schema as NonNullable<PolicyStore['schema']>
  return { policyStoreId: store.policyStoreId, namespaces: current.namespaces, createdDate, lastUpdatedDate }
}

export const listPolicies: Operation = (store, { nextToken, maxResults = PAGE }) => {
  const all = store.policies.all()
  const from = nextToken === undefined ? 0 : Number(nextToken)
  const to = from + Number(maxResults)
  return {
    policies: all.slice(from, to).map((policy) => ({
      ...summaryOf(store, policy),
      definition: { static: { description: policy.description } },
    })),
    ...(to < all.length && { nextToken: String(to) }),
  }
}

export const getPolicy: Operation = (store, input) => {
  const policy = policyAt(store, input)
  const { description, statement } = policy
  return { ...summaryOf(store, policy), definition: { static: { description, statement } } }
}

export const createPolicy: Operation = (store, { definition, name }) => {
  const content = contentAt(definition)
  const given = name === undefined || name === null ? undefined : textAt('name', name, 150)
  return summaryOf(store, store.policies.create({ ...content, name: given }, store.validating()))
}

export const updatePolicy: Operation = (store, input) => {
  const policy = policyAt(store, input)
  const { definition, name } = input
  const content = definition === undefined ? policy : contentAt(definition)
  const given = name === undefined || name === null ? undefined : textAt('name', name, 150)
  return summaryOf(store, store.policies.update(policy, { ...content, name: given }, store.validating()))
}

/** "This operation is idempotent." */
export const deletePolicy: Operation = ({ policies }, { policyId }) => {
  const policy = policies.find(textAt('policyId', policyId, MAX_ID, ID))
  if (policy !== undefined) policies.remove(policy)
  return {}
}

function policyAt({ policies }: PolicyStore, { policyId }: JsonRecord): StoredPolicy {
  const id = textAt('policyId', policyId, MAX_ID, ID)
  const policy = policies.find(id)
  if (policy === undefined) throw notFound('POLICY', id)
  return policy
}

function contentAt(definition: unknown): { readonly statement: string; readonly description?: string } {
  const [member, content] = unionAt('definition', definition, ['static', 'templateLinked'])
  if (member === 'templateLinked') throw invalid('definition', 'the fake has no policy templates')
  const { statement, description } = recordAt('definition.static', content)
  const text = textAt('definition.static.statement', statement, Number.POSITIVE_INFINITY)
  return typeof description === 'string' ? { statement: text, description } : { statement: text }
}

function summaryOf({ policyStoreId }: PolicyStore, policy: StoredPolicy): JsonRecord {
  const { policyId, name, json, createdDate, lastUpdatedDate } = policy
  return {
    policyStoreId,
    policyId,
    policyType: 'STATIC',
    effect: json.effect === 'permit' ? 'Permit' : 'Forbid',
    ...scopeOf(json),
    ...(name !== undefined && { name }),
    createdDate,
    lastUpdatedDate,
  }
}

/** The principal and the resource of a scope, where it names one. */
function scopeOf({ principal, resource }: PolicyJson): JsonRecord {
  const named = Object.entries({ principal, resource }).flatMap(([part, constraint]) => {
    // Parsed from text, an entity is written out.
    const { entity } = constraint as { readonly entity?: { readonly type: string; readonly id: string } }
    return entity === undefined ? [] : [[part, { entityType: entity.type, entityId: entity.id }]]
  })
  return Object.fromEntries(named) as JsonRecord
}
