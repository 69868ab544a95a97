import type { EntityReference } from '@tokenward/core'
import { ConfigurationError } from '@tokenward/core/errors'
import type { CedarEngine, CedarProblem, Failure } from './cedar-engine.js'
import { type PolicyText, policyTextsIn } from './policy-texts.js'
import { describeProblem, type SourceText } from './source-text.js'

/** One policy of a text. */
export interface Policy {
  /** Its annotation `@id`, or the name of its source and its number there: `orders.cedar#2`. */
  readonly id: string
  readonly text: string
  /** As `policyToJson` has it. */
  readonly json: PolicyJson
  readonly source: SourceText
  /** Where it begins there, in bytes. */
  readonly offset: number
}

/** What is used of a policy in JSON. */
interface PolicyJson {
  readonly effect: 'permit' | 'forbid'
  readonly principal: ScopeConstraint
  readonly action: ScopeConstraint
  readonly resource: ScopeConstraint
  readonly conditions: readonly { readonly kind: string; readonly body: PolicyExpression }[]
  readonly annotations?: Readonly<Record<string, string>>
}

/** Part of a policy's scope. */
export interface ScopeConstraint {
  readonly op: string
  readonly entity?: EntityReference
  readonly entities?: readonly EntityReference[]
  readonly entity_type?: string
  readonly in?: unknown
}

/** A node of an expression: one member, named by its operator. */
export type PolicyExpression = Readonly<Record<string, unknown>>

/** Splits texts into policies. Throws a `ConfigurationError` with line and reason for what does not parse. */
export function parsePolicies(engine: CedarEngine, option: string, sources: readonly SourceText[]): readonly Policy[] {
  const policies = sources.flatMap((source) => parseSource(engine, option, source))
  const ids = new Set<string>()
  for (const { id, source } of policies) {
    if (ids.has(id)) throw new ConfigurationError(option, `has two policies named ${id}, the second in ${source.name}`)
    ids.add(id)
  }
  return policies
}

function parseSource(engine: CedarEngine, option: string, source: SourceText): readonly Policy[] {
  const texts = policyTextsIn(source.text)
  const jsons = texts && jsonsOf(engine, texts)
  if (texts !== undefined && jsons !== undefined) {
    return texts.map(({ text, start }, index) => policyFrom(source, text, start, jsons[index] as PolicyJson, index))
  }
  return parseByCedar(engine, option, source)
}

/** `undefined` where one of them is no policy. */
function jsonsOf(engine: CedarEngine, texts: readonly PolicyText[]): readonly PolicyJson[] | undefined {
  const jsons: PolicyJson[] = []
  for (const { text } of texts) {
    const answer = engine.policyToJson(text)
    if (answer.type === 'failure') return undefined
    jsons.push(answer.json as PolicyJson)
  }
  return jsons
}

/** Says what is wrong with the whole. Where nothing is, this Cedar has a syntax that `policyTextsIn` does not know. */
function parseByCedar(engine: CedarEngine, option: string, source: SourceText): readonly Policy[] {
  const parts = engine.policySetTextToParts(source.text)
  if (parts.type === 'failure') throw new ConfigurationError(option, problemsOf(source, parts))
  if (parts.policy_templates.length > 0) {
    throw new ConfigurationError(
      option,
      `${source.name} has a policy template, which nothing here links; write the policy out`,
    )
  }
  // Named policy0, policy1, … by Cedar, and sorted by that as text.
  const order = parts.policies.map((_, index) => index).toSorted((a, b) => (`policy${a}` < `policy${b}` ? -1 : 1))
  const inOrder = parts.policies.map((_, index) => parts.policies[order.indexOf(index)] as string)
  let from = 0
  return inOrder.map((text, index) => {
    const start = source.text.indexOf(text, from)
    from = start + text.length
    return policyFrom(source, text, start, jsonOf(engine, option, source, text), index)
  })
}

function policyFrom(source: SourceText, text: string, start: number, json: PolicyJson, index: number): Policy {
  const id = json.annotations?.['id'] ?? `${source.name}#${index + 1}`
  return { id, text, json, source, offset: new TextEncoder().encode(source.text.slice(0, start)).length }
}

function jsonOf(engine: CedarEngine, option: string, source: SourceText, text: string): PolicyJson {
  const answer = engine.policyToJson(text)
  if (answer.type === 'failure') throw new ConfigurationError(option, problemsOf(source, answer))
  return answer.json as PolicyJson
}

/** What is wrong with a parsed policy, at its place in the source. */
export function describePolicyProblem({ source, offset }: Policy, problem: CedarProblem): string {
  const sourceLocations = problem.sourceLocations?.map((at) => ({ ...at, start: at.start + offset }))
  return describeProblem(source, { ...problem, ...(sourceLocations && { sourceLocations }) })
}

/** What is wrong with a text that does not parse. */
export function problemsOf(source: SourceText, { errors }: Failure): string {
  return errors.map((problem) => describeProblem(source, problem)).join('; ')
}
