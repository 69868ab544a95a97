import { ConfigurationError, type DecisionRequest, type EntityReference } from '@tokenward/core'
import type { EntityNaming } from './entity-naming.js'

/** A thing that policies may read about beside the resource. */
export interface CedarEntity extends EntityReference {
  /** What is known of it. Default nothing. */
  readonly attributes?: object | undefined
  /** What it belongs to. Default nothing. */
  readonly parents?: readonly EntityReference[] | undefined
}

/**
 * Entities beside the resource: the same for every request, as the hierarchy of groups is, or a function that says them for
 * each. None of them is a principal: who that is, and what it belongs to, is for the token alone.
 */
export type EntitiesOption =
  | readonly CedarEntity[]
  | ((request: DecisionRequest) => readonly CedarEntity[] | Promise<readonly CedarEntity[]>)

/** The entities of one request, checked. */
export type EntitySource = (request: DecisionRequest) => Promise<readonly CedarEntity[]>

/** What is the same for every request is checked at once. */
export function entitySource(option: string, given: EntitiesOption | undefined, naming: EntityNaming): EntitySource {
  if (typeof given === 'function') return async (request) => checkEntities(option, await given(request), naming)
  const entities = checkEntities(option, given ?? [], naming)
  return async () => entities
}

function checkEntities(option: string, entities: unknown, naming: EntityNaming): readonly CedarEntity[] {
  if (!Array.isArray(entities) || ![...entities].every(isEntity)) {
    throw new ConfigurationError(
      option,
      'must be a list of { type, id, attributes, parents }, or a function that says one',
    )
  }
  if (entities.some(({ type }: CedarEntity) => naming.qualify(type) === naming.principalType)) {
    throw new ConfigurationError(
      option,
      `must have nothing of type ${naming.principalType}: principals come from tokens`,
    )
  }
  return entities
}

function isEntity(value: unknown): value is CedarEntity {
  if (!isReference(value)) return false
  const { attributes, parents } = value as CedarEntity
  const hasAttributes = attributes === undefined || (typeof attributes === 'object' && attributes !== null)
  return hasAttributes && (parents === undefined || (Array.isArray(parents) && [...parents].every(isReference)))
}

function isReference(value: unknown): value is EntityReference {
  const { type, id } = (value ?? {}) as { type?: unknown; id?: unknown }
  return typeof type === 'string' && type !== '' && typeof id === 'string' && id !== ''
}
