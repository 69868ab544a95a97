import type { EntityReference } from '@tokenward/core'

/** A value of Cedar for which JavaScript has none. Made by {@link entity}, {@link decimal} and their like. */
export interface CedarValue {
  /** Tells it from every object that JSON can describe. */
  readonly [KIND]: 'entity' | ExtensionKind
}

/** The extension types of Cedar, by the names of their functions in policies. */
export type ExtensionKind = 'decimal' | 'ip' | 'datetime' | 'duration'

/** What a {@link CedarValue} holds. */
export type CedarValueParts =
  | { readonly kind: 'entity'; readonly reference: EntityReference }
  | { readonly kind: ExtensionKind; readonly text: string }

/**
 * A symbol, because no JSON has one: data that came with a request cannot pass for an entity. Shared by every copy of
 * this module in a process.
 */
const KIND: unique symbol = Symbol.for('@tokenward/cedar.value') as never
const PARTS = Symbol.for('@tokenward/cedar.value-parts')

/**
 * Another thing, as the value of an attribute: `{ owner: entity('User', id) }`. The namespace of the decision point goes
 * before a type that has none.
 */
export function entity(type: string, id: string): CedarValue {
  return made({ kind: 'entity', reference: Object.freeze({ type, id }) })
}

/** A `decimal` of Cedar: text with one to four digits after the point, such as `'12.50'`. */
export function decimal(text: string): CedarValue {
  return made({ kind: 'decimal', text })
}

/** An `ipaddr` of Cedar: an address or a range, such as `'10.0.0.0/8'`. */
export function ipaddr(text: string): CedarValue {
  return made({ kind: 'ip', text })
}

/** A `datetime` of Cedar: text such as `'2026-11-27T10:00:00Z'`. A `Date` is one without this. */
export function datetime(text: string): CedarValue {
  return made({ kind: 'datetime', text })
}

/** A `duration` of Cedar: text such as `'1h30m'`. */
export function duration(text: string): CedarValue {
  return made({ kind: 'duration', text })
}

/** Whether it can be written is seen when it is: what comes with a request must not throw in a policy's function. */
function made(parts: CedarValueParts): CedarValue {
  return Object.freeze({ [KIND]: parts.kind, [PARTS]: Object.freeze(parts) }) as CedarValue
}

/** `undefined` for everything else. */
export function cedarValueParts(value: object): CedarValueParts | undefined {
  return Object.hasOwn(value, PARTS) ? (value as { readonly [PARTS]: CedarValueParts })[PARTS] : undefined
}
