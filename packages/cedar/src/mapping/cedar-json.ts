import type { ValueWriter } from './value-writer.js'

/** A value in the JSON of Cedar. */
export type CedarJson = boolean | number | string | readonly CedarJson[] | { readonly [name: string]: CedarJson }

/** Extension types and entities are written out, so that they mean the same with a schema and without. */
export const cedarJsonWriter: ValueWriter<CedarJson> = {
  boolean: (value) => value,
  long: (value) => value,
  string: (value) => value,
  set: (items) => items,
  record: (members) => members,
  entity: ({ type, id }) => ({ __entity: { type, id } }),
  extension: (fn, arg) => ({ __extn: { fn, arg } }),
}
