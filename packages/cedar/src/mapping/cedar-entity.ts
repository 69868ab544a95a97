import type { DecisionRequest, EntityReference } from '@tokenward/core'
import { ConfigurationError } from '@tokenward/core/errors'
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
 * each. None of them is a principal: who that is, and what it belongs to, is for the token alone. None is an action: groups
 * of actions are for the schema alone.
 */
export type EntitiesOption =
  | readonly CedarEntity[]
  | ((request: DecisionRequest) => readonly CedarEntity[] | Promise<readonly CedarEntity[]>)

/** The entities of every request, or what says those of one. Checked. */
export type EntitySource = readonly CedarEntity[] | ((request: DecisionRequest) => Promise<readonly CedarEntity[]>)

/** What is the same for every request is checked at once. */
export function entitySource(option: string, given: EntitiesOption | undefined, naming: EntityNaming): EntitySource {
  if (typeof given === 'function') return async (request) => checkEntities(option, await given(request), naming)
  return checkEntities(option, given ?? [], naming)
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
  for (const { type } of entities as readonly CedarEntity[]) refuseAction(option, type)
  return entities
}

/**
 * To Cedar every type named `Action` is one of actions. One that data put into a group would fall under policies for the
 * group that are no policies for the action, and Verified Permissions takes none.
 */
export function refuseAction(option: string, type: string): void {
  if (!/(?:^|::)Action$/.test(type)) return
  throw new ConfigurationError(option, `must have nothing of type ${type}: groups of actions stand in the schema`)
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
