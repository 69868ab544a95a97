import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError } from '@tokenward/core'
import { type CedarEngine, loadCedarEngine } from '../engine/cedar-engine.js'
import { parsePolicies, type Policy } from '../engine/policy.js'
import { readSchema, type Schema, validatePolicies } from '../engine/schema.js'
import { readPolicies, readText } from '../local/policy-source.js'

/** The names of the files in a folder. */
export const FILES = {
  schema: 'schema.cedarschema',
  policies: 'policies',
  generated: 'scopes.cedar',
  decisions: 'decisions.json',
} as const

/** Schema and policies of a folder, validated. */
export interface LocalCedar {
  readonly engine: CedarEngine
  readonly schema: Schema
  readonly policies: readonly Policy[]
}

/** Throws a `ConfigurationError` for everything that is wrong with them, with file, line and reason. */
export function readLocalCedar(folder: string): LocalCedar {
  const engine = loadCedarEngine('tokenward-cedar', undefined)
  const schemaFile = join(folder, FILES.schema)
  const schema = readSchema(engine, 'schema', schemaFile, readText('schema', schemaFile))
  const policies = parsePolicies(
    engine,
    'policies',
    readPolicies('policies', { files: [join(folder, FILES.policies)] }),
  )
  const problems = validatePolicies(engine, 'policies', schema, policies)
  if (problems.length > 0) throw new ConfigurationError('policies', `do not fit the schema:\n${problems.join('\n')}`)
  return { engine, schema, policies }
}

export function decisionsFile(folder: string, given: string | undefined): string | undefined {
  if (given !== undefined) return given
  const path = join(folder, FILES.decisions)
  return existsSync(path) ? path : undefined
}
