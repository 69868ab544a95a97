import { ConfigurationError } from '@tokenward/core'
import { type CedarInstance, loadCedarEngine } from '../engine/cedar-engine.js'
import { parsePolicies } from '../engine/policy.js'
import { readSchema, validatePolicies } from '../engine/schema.js'
import { type ApiDescription, checkDescription } from './api-description.js'
import { schemaText } from './schema-text.js'
import { scopePolicies } from './scope-policies.js'

/** How policies are generated. */
export interface GenerateCedarOptions {
  /** An initialised instance of `@cedar-policy/cedar-wasm`. Default: loads its entry `./nodejs`. */
  readonly cedar?: CedarInstance | undefined
}

/** A schema and policies, as text. */
export interface GeneratedCedar {
  /** The schema, in Cedar's own syntax. */
  readonly schema: string
  /** The policies, formatted, one for each route. */
  readonly policies: string
}

const OWNER = 'generateCedar'

/**
 * Makes the schema and the policies that permit what scopes and groups let in today. Cedar itself has parsed, formatted and
 * validated them. Throws a `ConfigurationError` for a description that names what it does not describe.
 */
export function generateCedar(description: ApiDescription, { cedar }: GenerateCedarOptions = {}): GeneratedCedar {
  checkDescription(description)
  const engine = loadCedarEngine(OWNER, cedar)
  const schema = schemaText(description)
  const formatted = engine.formatPolicies({
    policyText: scopePolicies(description).join('\n'),
    lineWidth: 110,
    indentWidth: 2,
  })
  if (formatted.type === 'failure') {
    throw new ConfigurationError(
      OWNER,
      `made policies that Cedar cannot read: ${formatted.errors.map(({ message }) => message).join('; ')}`,
    )
  }
  const policies = `${formatted.formatted_policy.trimEnd()}\n`
  const parsed = parsePolicies(engine, OWNER, [{ name: 'policies', text: policies }])
  const problems = validatePolicies(engine, OWNER, readSchema(engine, OWNER, 'schema', schema), parsed)
  if (problems.length > 0) throw new ConfigurationError(OWNER, problems.join('; '))
  return { schema, policies }
}
