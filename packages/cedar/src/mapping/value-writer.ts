import type { EntityReference } from '@tokenward/core'
import { cedarValueParts, type CedarValueParts, type ExtensionKind } from './cedar-value.js'
import { MAX_DEPTH, type SizeBudget } from './request-limits.js'
import { Unmappable } from './unmappable.js'

/** How one notation writes the values of Cedar: its JSON, or the `AttributeValue` of Verified Permissions. */
export interface ValueWriter<Out> {
  boolean(value: boolean): Out
  long(value: number): Out
  string(value: string): Out
  set(items: readonly Out[]): Out
  record(members: Readonly<Record<string, Out>>): Out
  entity(reference: EntityReference): Out
  extension(kind: ExtensionKind, text: string): Out
}

/** What goes along while a value is written. */
export interface Writing<Out> {
  readonly writer: ValueWriter<Out>
  readonly budget: Pick<SizeBudget, 'spend' | 'spendEntity'>
  /** Checks a reference, and puts the namespace before its type. */
  readonly reference: (path: string, reference: EntityReference) => EntityReference
}

/** The patterns of the service's API, which are narrower than Cedar's own. */
const EXTENSIONS: Readonly<Record<ExtensionKind, RegExp>> = {
  decimal: /^-?\d{1,15}\.\d{1,4}$/,
  ip: /^[0-9a-fA-F.:/]{1,44}$/,
  datetime: /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{3})?(?:Z|[+-]\d{4}))?$/,
  duration: /^(?=.{2,100}$)-?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/,
}

/** Names that mean something else in the JSON of Cedar. An attribute of that name would change the type of its record. */
const RESERVED = new Set(['__entity', '__extn', '__expr'])

/** Throws {@link Unmappable} for what Cedar has no value for. */
export function writeValue<Out>(writing: Writing<Out>, path: string, value: unknown, depth = 0): Out {
  const { writer, budget } = writing
  if (depth > MAX_DEPTH) throw new Unmappable(path, `is nested more than ${MAX_DEPTH} levels deep`)
  switch (typeof value) {
    case 'boolean':
      budget.spend(path)
      return writer.boolean(value)
    case 'string':
      budget.spend(path, value)
      return writer.string(wellFormed(path, value))
    case 'number':
      budget.spend(path)
      if (!Number.isSafeInteger(value)) {
        throw new Unmappable(path, 'is a number that Cedar has no exact value for; use decimal() or a text')
      }
      // Minus zero has a JSON of its own.
      return writer.long(value === 0 ? 0 : value)
    case 'object':
      return writeObject(writing, path, value, depth)
    default:
      throw new Unmappable(
        path,
        `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which Cedar has no value for`,
      )
  }
}

/** The members of a record. What is `undefined` is left out, as JSON does. */
export function writeMembers<Out>(
  writing: Writing<Out>,
  path: string,
  record: object,
  depth = 0,
): Readonly<Record<string, Out>> {
  const prototype: unknown = Object.getPrototypeOf(record)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new Unmappable(path, 'is an instance of a class; make a plain object of what policies may know')
  }
  const members: Record<string, Out> = {}
  for (const name of Object.keys(record)) {
    const value: unknown = record[name as keyof typeof record]
    if (value === undefined) continue
    writing.budget.spend(path, wellFormed(path, name))
    if (RESERVED.has(name)) throw new Unmappable(`${path}.${name}`, 'has a name that Cedar keeps for itself')
    defineMember(members, name, writeValue(writing, `${path}.${name}`, value, depth + 1))
  }
  return members
}

/** One named `__proto__` is a member among others. */
export function defineMember<Out>(members: Record<string, Out>, name: string, value: Out): void {
  if (name === '__proto__') Object.defineProperty(members, name, { value, enumerable: true })
  else members[name] = value
}

function writeObject<Out>(writing: Writing<Out>, path: string, value: object | null, depth: number): Out {
  const { writer, budget } = writing
  if (value === null) throw new Unmappable(path, 'is null, which Cedar has no value for; leave it out')
  budget.spend(path)
  if (Array.isArray(value)) {
    const items: Out[] = []
    // By number, which finds holes as well.
    for (let index = 0; index < value.length; index += 1) {
      items.push(writeValue(writing, `${path}[${index}]`, value[index], depth + 1))
    }
    return writer.set(items)
  }
  if (value instanceof Date) return extension(writing, path, 'datetime', isoText(value))
  const parts = cedarValueParts(value)
  return parts === undefined
    ? writer.record(writeMembers(writing, path, value, depth))
    : writeParts(writing, path, parts)
}

function writeParts<Out>(writing: Writing<Out>, path: string, parts: CedarValueParts): Out {
  if (parts.kind !== 'entity') return extension(writing, path, parts.kind, parts.text)
  const { type, id } = writing.reference(path, parts.reference)
  writing.budget.spend(path, type)
  writing.budget.spend(path, id)
  return writing.writer.entity({ type, id })
}

function extension<Out>({ writer, budget }: Writing<Out>, path: string, kind: ExtensionKind, text: unknown): Out {
  if (typeof text !== 'string' || !EXTENSIONS[kind].test(text)) {
    throw new Unmappable(path, `is no ${kind === 'ip' ? 'ipaddr' : kind} that Verified Permissions accepts`)
  }
  budget.spend(path, text)
  return writer.extension(kind, text)
}

function isoText(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

/** Half a surrogate pair is no text; Cedar would throw at it. */
export function wellFormed(path: string, text: string): string {
  if (!isWellFormed(text)) throw new Unmappable(path, 'is no well-formed text')
  return text
}

export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
