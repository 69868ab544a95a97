import { ConfigurationError } from '@tokenward/core/errors'
import type { CedarEngine, SchemaInput } from '../engine/cedar-engine.js'
import { parsePolicies } from '../engine/policy.js'
import type { SourceText } from '../engine/source-text.js'
import { readSchema, type Schema, validatePolicies } from '../engine/schema.js'
import type { EntityNaming } from '../mapping/entity-naming.js'
import { createSlices } from './action-slices.js'
import { type KnownAction, knownActions } from './known-actions.js'
import { type PoliciesOption, readPolicies, readText } from './policy-source.js'

/** A schema as text of Cedar or in its JSON, or the file that holds either. */
export type SchemaOption = SchemaInput | SchemaFile

/** A schema in a file. */
export interface SchemaFile {
  /** Path of the file: `*.json` is JSON, everything else text. */
  readonly file: string
}

/** Policies that have been parsed and, with a schema, validated. */
export interface LoadedPolicies {
  readonly count: number
  /** All that was read, which tells whether files have changed. */
  readonly read: string
  readonly schema: Schema | undefined
  /** What the engine calls the schema. */
  readonly schemaName: string | undefined
  /** Keys of the actions that policies or the schema name. */
  readonly namedActions: ReadonlySet<string>
  /** What is known of an action, by its name in routes. */
  action(name: string): KnownAction
  release(): void
}

export interface LoadSettings {
  readonly engine: CedarEngine
  readonly owner: string
  readonly policies: PoliciesOption
  readonly schema: SchemaOption | undefined
  readonly sliceByAction: boolean
  readonly naming: EntityNaming
}

/** Everything that can be wrong with policies is found here, all of it at once, and nothing of the engine is in use before. */
export function loadPolicies(settings: LoadSettings, name: string): LoadedPolicies {
  const { engine, owner, sliceByAction, naming } = settings
  const option = `${owner}.policies`
  const sources = readSources(settings)
  const policies = parsePolicies(engine, option, sources.policies)
  const schema = sources.schema && readSchema(engine, `${owner}.schema`, sources.schema.name, sources.schema.given)
  if (schema !== undefined) {
    const problems = validatePolicies(engine, option, schema, policies)
    if (problems.length > 0) throw new ConfigurationError(option, `does not fit the schema: ${problems.join('; ')}`)
    const parsed = engine.preparseSchema(name, schema.text)
    if (parsed.type === 'failure') throw new ConfigurationError(`${owner}.schema`, 'cannot be parsed')
  }
  const slices = createSlices(policies, { engine, option, name, schema, byAction: sliceByAction })
  return {
    count: policies.length,
    read: fingerprint(sources),
    schema,
    schemaName: schema && name,
    namedActions: slices.named,
    action: knownActions(schema, slices, naming),
    release() {
      slices.release()
      if (schema !== undefined) engine.preparseSchema(name, '')
    },
  }
}

/** Whether what stands in files now is something else. */
export function haveChanged(settings: LoadSettings, { read }: LoadedPolicies): boolean {
  return fingerprint(readSources(settings)) !== read
}

interface Sources {
  readonly policies: readonly SourceText[]
  readonly schema: { readonly name: string; readonly given: SchemaInput } | undefined
}

function readSources({ owner, policies, schema }: LoadSettings): Sources {
  return {
    policies: readPolicies(`${owner}.policies`, policies),
    schema: schema === undefined ? undefined : schemaSource(`${owner}.schema`, schema),
  }
}

function fingerprint(sources: Sources): string {
  return JSON.stringify(sources)
}

function schemaSource(option: string, given: SchemaOption): Sources['schema'] {
  if (typeof given === 'string') return { name: 'schema', given }
  if (typeof given !== 'object' || given === null) {
    throw new ConfigurationError(option, "must be Cedar text, its JSON, or { file: 'shop.cedarschema' }")
  }
  if (!isSchemaFile(given)) return { name: 'schema', given }
  const { file } = given
  const text = readText(option, file)
  return { name: file, given: file.endsWith('.json') ? parseJson(option, file, text) : text }
}

export function isSchemaFile(schema: SchemaOption | undefined): schema is SchemaFile {
  return typeof schema === 'object' && schema !== null && typeof (schema as { file?: unknown }).file === 'string'
}

function parseJson(option: string, file: string, text: string): object {
  try {
    return JSON.parse(text) as object
  } catch {
    throw new ConfigurationError(option, `names ${file}, which is no JSON`)
  }
}
