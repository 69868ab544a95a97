import type { JsonRecord } from '../jws/compact-jws.js'
import { invalid } from './service-exception.js'

/** A thing by type and id, as Cedar has it. */
export interface EntityUid {
  readonly type: string
  readonly id: string
}

// Constraints of the service's model (botocore: verifiedpermissions/2021-12-01/service-2.json).
const TYPE_LENGTH = 200
const ENTITY_ID_LENGTH = 612
const ACTION_ID_LENGTH = 512

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function recordAt(path: string, value: unknown): JsonRecord {
  if (isRecord(value)) return value
  throw invalid(path, 'must be a structure')
}

export function listAt(path: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw invalid(path, 'must be a list')
}

export function textAt(path: string, value: unknown, max: number, pattern = /^/): string {
  if (typeof value !== 'string') throw invalid(path, 'must not be null')
  if (value.length < 1 || value.length > max) throw invalid(path, `must have a length of 1 to ${max}`)
  if (!pattern.test(value)) throw invalid(path, `must satisfy the pattern ${pattern.source}`)
  return value
}

/** `EntityIdentifier`. */
export function entityAt(path: string, value: unknown): EntityUid {
  const { entityType, entityId } = recordAt(path, value)
  return {
    type: textAt(`${path}.entityType`, entityType, TYPE_LENGTH),
    id: textAt(`${path}.entityId`, entityId, ENTITY_ID_LENGTH),
  }
}

/** `ActionIdentifier`. */
export function actionAt(path: string, value: unknown): EntityUid {
  const { actionType, actionId } = recordAt(path, value)
  return {
    type: textAt(`${path}.actionType`, actionType, TYPE_LENGTH, /Action$|^.+::Action/),
    id: textAt(`${path}.actionId`, actionId, ACTION_ID_LENGTH),
  }
}

/** The one member of a union that is there. */
export function unionAt(
  path: string,
  value: unknown,
  known: readonly string[],
): readonly [member: string, content: unknown] {
  const entries = Object.entries(recordAt(path, value)).filter(([, content]) => content !== null)
  const [first, ...others] = entries
  if (first === undefined || others.length > 0 || !known.includes(first[0])) {
    throw invalid(path, `must have exactly one of ${known.join(', ')}`)
  }
  return first
}

export function sameEntity(a: EntityUid, b: EntityUid): boolean {
  return a.type === b.type && a.id === b.id
}
