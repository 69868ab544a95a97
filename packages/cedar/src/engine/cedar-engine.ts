import { ConfigurationError } from '@tokenward/core'
import { nodeModule } from './node-modules.js'

/** What is used of `@cedar-policy/cedar-wasm`. */
export interface CedarEngine {
  preparsePolicySet(id: string, policies: PolicySetInput): ParseAnswer
  preparseSchema(name: string, schema: SchemaInput): ParseAnswer
  statefulIsAuthorized(call: object): AuthorizationAnswer
  checkParseEntities(call: object): ParseAnswer
  policySetTextToParts(text: string): PartsAnswer
  policyToJson(policy: string): JsonAnswer
  schemaToText(schema: SchemaInput): TextAnswer
  schemaToJsonWithResolvedTypes(text: string): JsonAnswer
  validate(call: object): ValidationAnswer
  formatPolicies(call: object): FormatAnswer
}

/** An initialised instance of `@cedar-policy/cedar-wasm`, as its entries `./nodejs` and `./web` export one. */
export interface CedarInstance {
  /** One of its functions; the others are found beside it. */
  statefulIsAuthorized(call: never): unknown
}

/** A schema as text, or in JSON. */
export type SchemaInput = string | object

/** Policies by name, as text. */
interface PolicySetInput {
  /** Each policy by its name. */
  readonly staticPolicies: Readonly<Record<string, string>>
}

/** What Cedar says is wrong, and where: offsets in bytes. */
export interface CedarProblem {
  /** The problem. */
  readonly message: string
  /** What to do about it. */
  readonly help?: string | null
  /** Where. */
  readonly sourceLocations?: readonly { readonly start: number; readonly end: number; readonly label?: string | null }[]
}

/** That something did not work. */
export interface Failure {
  /** Tells it from a success. */
  readonly type: 'failure'
  /** Why. */
  readonly errors: readonly CedarProblem[]
}

/** Whether something could be parsed. */
type ParseAnswer = { readonly type: 'success' } | Failure
/** A text in parts. */
type PartsAnswer =
  | { readonly type: 'success'; readonly policies: readonly string[]; readonly policy_templates: readonly string[] }
  | Failure
/** Something in JSON. */
type JsonAnswer = { readonly type: 'success'; readonly json: object } | Failure
/** Something as text. */
type TextAnswer = { readonly type: 'success'; readonly text: string } | Failure
/** Policies, formatted. */
type FormatAnswer = { readonly type: 'success'; readonly formatted_policy: string } | Failure
/** A decision. */
type AuthorizationAnswer =
  | {
      readonly type: 'success'
      readonly response: {
        readonly decision: string
        readonly diagnostics: {
          readonly reason: readonly string[]
          readonly errors: readonly { readonly policyId: string }[]
        }
      }
    }
  | Failure
/** Whether policies fit a schema. */
type ValidationAnswer =
  | {
      readonly type: 'success'
      readonly validationErrors: readonly PolicyProblem[]
      readonly validationWarnings: readonly PolicyProblem[]
    }
  | Failure

/** A problem of one policy. */
interface PolicyProblem {
  /** Its name. */
  readonly policyId: string
  /** The problem. */
  readonly error: CedarProblem
}

const PACKAGE = '@cedar-policy/cedar-wasm'

/**
 * Loads Cedar, 4 MB of WebAssembly, when the first decision point is made and not when this module is imported.
 * Synchronously: policies that are wrong are an error of `cedarDecisionPoint`, at start-up.
 */
export function loadCedarEngine(owner: string, given: CedarInstance | undefined): CedarEngine {
  if (given !== undefined) {
    if (typeof (given as Partial<CedarInstance> | null)?.statefulIsAuthorized === 'function') {
      return given as CedarEngine
    }
    throw new ConfigurationError(`${owner}.cedar`, `must be what ${PACKAGE} exports, initialised`)
  }
  const { createRequire } = nodeModule(`${owner}.cedar`, 'node:module')
  try {
    return createRequire(import.meta.url)(`${PACKAGE}/nodejs`) as CedarEngine
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : ''
    throw new ConfigurationError(
      `${owner}.cedar`,
      `could not be loaded: install ${PACKAGE}, or hand in an instance of it where files cannot be loaded (${reason})`,
    )
  }
}
