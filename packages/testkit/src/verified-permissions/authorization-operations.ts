import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { JsonRecord } from '../jws/compact-jws.js'
import { cedarRecordAt } from './attribute-values.js'
import { checkParents, entitiesAt, jsonAt, type StoreEntity } from './entities.js'
import { type Evaluation, evaluate } from './evaluation.js'
import { readTokens, type TokenReading } from './identity-source.js'
import { actionAt, type EntityUid, entityAt, isRecord, listAt, recordAt, sameEntity, unionAt } from './input.js'
import type { PolicyStore } from './policy-store.js'
import { invalid } from './service-exception.js'

/** An operation: from its input to its output. Throws a `ServiceException`. */
export type Operation = (store: PolicyStore, input: JsonRecord) => JsonRecord | Promise<JsonRecord>

// Limits of the batch operations (API reference).
const MAX_BATCH = 30
const MAX_RESOURCES = 100
const MAX_PRINCIPALS = 100
const MAX_GROUPS = 99

export const isAuthorized: Operation = (store, input) => {
  const entities = entitiesAt('entities', input['entities'])
  return evaluate(store, evaluationOf('', input, entities))
}

export const batchIsAuthorized: Operation = (store, input) => {
  const entities = entitiesAt('entities', input['entities'])
  const requests = requestsAt(input)
  const evaluations = requests.map((request, index) => evaluationOf(`requests[${index}].`, request, entities))
  const [first] = evaluations as [Evaluation]
  const same = (member: 'principal' | 'resource') => evaluations.every((one) => sameEntity(one[member], first[member]))
  if (!same('principal') && !same('resource')) {
    throw invalid('requests', 'either the principal or the resource must be the same in all of them')
  }
  const principals = new Set(evaluations.map(({ principal }) => principal.type))
  limit(
    'entities',
    entities.filter(({ uid }) => principals.has(uid.type)),
    MAX_PRINCIPALS,
    'principals',
  )
  limit(
    'entities',
    entities.filter(({ uid }) => !principals.has(uid.type)),
    MAX_RESOURCES,
    'resources',
  )
  return { results: evaluations.map((one, index) => ({ request: requests[index], ...evaluate(store, one) })) }
}

export const isAuthorizedWithToken: Operation = async (store, input) => {
  const reading = await readTokens(store.identitySource, store.schema?.current, input)
  const entities = entitiesBesideToken(store, input)
  const answer = evaluate(store, evaluationWithToken('', input, entities, reading))
  return { ...answer, principal: identifierOf(reading.principal.uid) }
}

export const batchIsAuthorizedWithToken: Operation = async (store, input) => {
  const reading = await readTokens(store.identitySource, store.schema?.current, input)
  const entities = entitiesBesideToken(store, input)
  limit('entities', entities, MAX_RESOURCES, 'resources')
  limit('accessToken', reading.principal.parents, MAX_GROUPS, 'groups')
  const requests = requestsAt(input)
  const evaluations = requests.map((request, index) =>
    evaluationWithToken(`requests[${index}].`, request, entities, reading),
  )
  return {
    principal: identifierOf(reading.principal.uid),
    results: evaluations.map((one, index) => ({ request: requests[index], ...evaluate(store, one) })),
  }
}

function evaluationOf(path: string, input: JsonRecord, entities: readonly StoreEntity[]): Evaluation {
  const principal = entityAt(`${path}principal`, input['principal'])
  return evaluation(path, input, principal, contextAt(`${path}context`, input['context']), entities)
}

function evaluationWithToken(
  path: string,
  input: JsonRecord,
  entities: readonly StoreEntity[],
  { principal, tokenContext }: TokenReading,
): Evaluation {
  const context = contextAt(`${path}context`, input['context'])
  const token = tokenContext(actionAt(`${path}action`, input['action']))
  if (token !== undefined && 'token' in context) {
    throw invalid(`${path}context`, 'must have no member token beside an access token')
  }
  const saysSomething = principal.parents.length > 0 || Object.keys(principal.attrs).length > 0
  const all = saysSomething ? [principal, ...entities] : entities
  return evaluation(path, input, principal.uid, token === undefined ? context : { ...context, token }, all)
}

function evaluation(
  path: string,
  input: JsonRecord,
  principal: EntityUid,
  context: Record<string, CedarValueJson>,
  entities: readonly StoreEntity[],
): Evaluation {
  const resource = entityAt(`${path}resource`, input['resource'])
  checkParents('principal', principal, entities)
  checkParents('resource', resource, entities)
  return { principal, action: actionAt(`${path}action`, input['action']), resource, context, entities }
}

/** "You can't include principals in this parameter", nor groups (IsAuthorizedWithToken). */
function entitiesBesideToken({ identitySource }: PolicyStore, input: JsonRecord): readonly StoreEntity[] {
  const entities = entitiesAt('entities', input['entities'])
  const { principalEntityType, groupEntityType = 'AWS::CognitoGroup' } = identitySource ?? {}
  if (entities.some(({ uid }) => uid.type === principalEntityType || uid.type === groupEntityType)) {
    throw invalid('entities', 'must contain nothing of the types of users and groups of the identity source')
  }
  return entities
}

/** `ContextDefinition`. */
function contextAt(path: string, value: unknown): Record<string, CedarValueJson> {
  if (value === undefined || value === null) return {}
  const [member, content] = unionAt(path, value, ['contextMap', 'cedarJson'])
  if (member === 'contextMap') return cedarRecordAt(`${path}.contextMap`, content)
  return recordAt(path, jsonAt(`${path}.cedarJson`, content)) as Record<string, CedarValueJson>
}

function requestsAt({ requests }: JsonRecord): readonly JsonRecord[] {
  const list = listAt('requests', requests)
  if (list.length < 1 || list.length > MAX_BATCH) throw invalid('requests', `must be 1 to ${MAX_BATCH}`)
  return list.map((request, index) => {
    if (isRecord(request)) return request
    throw invalid(`requests[${index}]`, 'must be a structure')
  })
}

function limit(path: string, list: readonly unknown[], max: number, what: string): void {
  if (list.length > max) throw invalid(path, `must contain at most ${max} ${what}`)
}

function identifierOf({ type, id }: EntityUid): JsonRecord {
  return { entityType: type, entityId: id }
}
