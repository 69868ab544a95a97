import type { CedarValueJson, EntityJson } from '@cedar-policy/cedar-wasm/nodejs'
import { cedarRecordAt } from './attribute-values.js'
import { type EntityUid, entityAt, isRecord, listAt, recordAt, sameEntity, textAt, unionAt } from './input.js'
import { invalid } from './service-exception.js'

/** An entity with its identifier written one way. */
export interface StoreEntity {
  readonly uid: EntityUid
  readonly attrs: Record<string, CedarValueJson>
  readonly parents: EntityUid[]
}

/** "at most 99 transitive parents per authorization request" (EntityItem). */
const MAX_PARENTS = 99

/** `EntitiesDefinition`. */
export function entitiesAt(path: string, value: unknown): readonly StoreEntity[] {
  if (value === undefined || value === null) return []
  const [member, content] = unionAt(path, value, ['entityList', 'cedarJson'])
  const items =
    member === 'entityList' ? entityList(`${path}.entityList`, content) : cedarJson(`${path}.cedarJson`, content)
  for (const { uid } of items) {
    if (/(?:^|::)Action$/.test(uid.type)) throw invalid(path, 'must contain no action; actions stand in the schema')
  }
  // "If you include multiple entities with the same identifier, only the last one is processed in the request."
  return [...new Map(items.map((item) => [`${item.uid.type}"${item.uid.id}`, item])).values()]
}

export function checkParents(path: string, of: EntityUid, entities: readonly StoreEntity[]): void {
  const seen: EntityUid[] = []
  const open = [of]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const uid = next
    for (const parent of entities.find((entity) => sameEntity(entity.uid, uid))?.parents ?? []) {
      if (seen.some((known) => sameEntity(known, parent))) continue
      seen.push(parent)
      open.push(parent)
    }
  }
  if (seen.length > MAX_PARENTS) throw invalid(path, `must have at most ${MAX_PARENTS} transitive parents`)
}

function entityList(path: string, value: unknown): readonly StoreEntity[] {
  return listAt(path, value).map((item, index) => {
    const at = `${path}[${index}]`
    const { identifier, attributes = {}, parents = [] } = recordAt(at, item)
    return {
      uid: entityAt(`${at}.identifier`, identifier),
      attrs: cedarRecordAt(`${at}.attributes`, attributes),
      parents: listAt(`${at}.parents`, parents).map((parent, number) => entityAt(`${at}.parents[${number}]`, parent)),
    }
  })
}

function cedarJson(path: string, value: unknown): readonly StoreEntity[] {
  const entities = jsonAt(path, value)
  return listAt(path, entities).map((entity) => {
    const { uid, attrs = {}, parents = [] } = recordAt(path, entity) as unknown as Partial<EntityJson>
    return {
      uid: uidOf(path, uid),
      attrs: recordAt(path, attrs) as Record<string, CedarValueJson>,
      parents: listAt(path, parents).map((parent) => uidOf(path, parent)),
    }
  })
}

function uidOf(path: string, value: unknown): EntityUid {
  const given = recordAt(path, value)
  const { type, id } = isRecord(given['__entity']) ? given['__entity'] : given
  return entityAt(path, { entityType: type, entityId: id })
}

export function jsonAt(path: string, value: unknown): unknown {
  const text = textAt(path, value, Number.POSITIVE_INFINITY)
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(path, 'must be JSON')
  }
}
