import { ConfigurationError } from '@tokenward/core'
import type { CedarEngine, SchemaInput } from './cedar-engine.js'
import { problemsOf } from './policy.js'
import { readSchema } from './schema.js'

/** Names that the JSON form of a schema has for what its text calls otherwise. */
const BUILT_IN: Readonly<Record<string, object>> = {
  Bool: { type: 'Boolean' },
  Boolean: { type: 'Boolean' },
  String: { type: 'String' },
  Long: { type: 'Long' },
  ...Object.fromEntries(
    ['ipaddr', 'decimal', 'datetime', 'duration'].map((name) => [name, { type: 'Extension', name }]),
  ),
}

/** A schema in the JSON that Verified Permissions takes, with every name written out. Two schemas that mean the same are equal. */
export function storeSchemaJson(engine: CedarEngine, option: string, name: string, given: SchemaInput): string {
  const { text } = readSchema(engine, option, name, given)
  const answer = engine.schemaToJsonWithResolvedTypes(text)
  if (answer.type === 'failure') throw new ConfigurationError(option, problemsOf({ name, text }, answer))
  return JSON.stringify(written(answer.json))
}

function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written)
  if (typeof value !== 'object' || value === null) return value
  const { type, ...others } = value as { readonly type?: unknown }
  // Out of JSON, Cedar gives its own types a namespace.
  const bare = typeof type === 'string' ? type.replace(/^__cedar::/, '') : ''
  const builtIn = Object.hasOwn(BUILT_IN, bare) ? BUILT_IN[bare] : undefined
  const members = builtIn === undefined ? value : { ...others, ...builtIn }
  return Object.fromEntries(
    Object.entries(members)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, written(member)]),
  )
}
