import { ConfigurationError, type Decision, type DecisionRequest, type Principal } from '@tokenward/core'
import type { Policy } from '../engine/policy.js'
import { cedarString } from '../generation/schema-text.js'
import { cedarDecisionPoint } from '../local/cedar-decision-point.js'
import type { CedarEntity } from '../mapping/cedar-entity.js'
import { type CedarValue, datetime, decimal, duration, entity, ipaddr } from '../mapping/cedar-value.js'
import { type EntityNamingOptions, NAMING_OPTIONS } from '../mapping/entity-naming.js'
import { checkOptionNames } from '../options.js'
import type { LocalCedar } from './local-files.js'

/** Example decisions, as a file holds them. */
interface DecisionTable extends EntityNamingOptions {
  /** The issuer of the principals. */
  readonly issuer: string
  readonly decisions: readonly ExampleDecision[]
}

interface ExampleDecision {
  readonly title?: string
  readonly sub: string
  readonly groups?: readonly string[]
  readonly scopes?: readonly string[]
  readonly claims?: object
  readonly action: string
  readonly resource?: CedarEntity
  readonly context?: object
  readonly entities?: readonly CedarEntity[]
  readonly expected: 'permit' | 'deny' | 'error'
  /** The policies that determine it. Default: any. */
  readonly by?: readonly string[]
}

const MEMBERS = ['issuer', 'decisions', ...NAMING_OPTIONS]
const DECISION_MEMBERS = [
  'title',
  'sub',
  'groups',
  'scopes',
  'claims',
  'action',
  'resource',
  'context',
  'entities',
  'expected',
  'by',
]

/** What came of a table: one line for each decision that is not as expected. */
export interface TableResult {
  readonly count: number
  readonly failures: readonly string[]
}

export async function runDecisionTable({ schema, policies }: LocalCedar, table: unknown): Promise<TableResult> {
  const { issuer, decisions, ...naming } = checkTable(table)
  let entities: readonly CedarEntity[] = []
  const point = cedarDecisionPoint({
    ...naming,
    policies: policies.map(annotated).join('\n'),
    schema: schema.text,
    entities: () => entities,
  })
  const failures: string[] = []
  for (const [index, example] of decisions.entries()) {
    entities = example.entities ?? []
    const problem = problemOf(example, await decide(() => point.decide(requestOf(issuer, example))))
    if (problem !== undefined) failures.push(`${example.title ?? `decision ${index + 1}`}: ${problem}`)
  }
  point.close()
  return { count: decisions.length, failures }
}

/** Policies without an annotation keep the name of their file. */
function annotated({ id, text, json }: Policy): string {
  return json.annotations?.['id'] === undefined ? `@id(${cedarString(id)})\n${text}` : text
}

function checkTable(given: unknown): DecisionTable {
  checkOptionNames('decisions', given, MEMBERS)
  const table = revived(given) as DecisionTable
  if (typeof table.issuer !== 'string') {
    throw new ConfigurationError('decisions.issuer', 'must be the issuer of the principals')
  }
  if (!Array.isArray(table.decisions) || table.decisions.length === 0) {
    throw new ConfigurationError('decisions.decisions', 'must be a list of one or more')
  }
  for (const [index, example] of table.decisions.entries()) {
    const owner = `decisions.decisions[${index}]`
    checkOptionNames(owner, example, DECISION_MEMBERS)
    for (const name of ['sub', 'action'] as const) {
      if (typeof example[name] !== 'string') throw new ConfigurationError(`${owner}.${name}`, 'must be a text')
    }
    if (!['permit', 'deny', 'error'].includes(example.expected)) {
      throw new ConfigurationError(`${owner}.expected`, "must be 'permit', 'deny' or 'error'")
    }
  }
  return table
}

const EXTENSIONS: Readonly<Record<string, (text: string) => CedarValue>> = { decimal, ip: ipaddr, datetime, duration }

/** The file is the author's own, and says entities and extension types as Cedar's JSON does. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived)
  if (typeof value !== 'object' || value === null) return value
  const { ['__entity']: reference, ['__extn']: extension } = value as Record<string, { [member: string]: string }>
  if (reference !== undefined) return entity(reference['type'] as string, reference['id'] as string)
  const make = EXTENSIONS[extension?.['fn'] ?? '']
  if (make !== undefined) return make(extension?.['arg'] as string)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revived(member)]))
}

function requestOf(
  issuer: string,
  { sub, groups = [], scopes = [], claims, ...asked }: ExampleDecision,
): DecisionRequest {
  const { action, resource, context = {} } = asked
  const now = Date.now()
  const ofToken = {
    iss: issuer,
    sub,
    token_use: 'access',
    scope: scopes.join(' '),
    exp: Math.floor(now / 1_000) + 3_600,
    ...claims,
  }
  const principal: Principal = {
    subject: sub,
    clientId: undefined,
    scopes,
    groups,
    issuer,
    expiresAt: now + 3_600_000,
    claims: ofToken as unknown as Principal['claims'],
    evidence: { source: 'local-validation', asOf: now, lagMs: 0, relaxed: false },
  }
  return {
    principal,
    action,
    resource: resource && {
      type: resource.type,
      id: resource.id,
      parents: resource.parents ?? [],
      attributes: async () => resource.attributes ?? {},
    },
    context,
    request: undefined,
    accessToken: () => '',
  }
}

async function decide(ask: () => Promise<Decision>): Promise<Decision> {
  try {
    return await ask()
  } catch (cause) {
    return { decision: 'error', reason: 'configuration', cause }
  }
}

function problemOf({ expected, by }: ExampleDecision, decision: Decision): string | undefined {
  if (decision.decision === 'error') {
    return expected === 'error' ? undefined : `expected ${expected}, got an error: ${String(decision.cause)}`
  }
  const determining = decision.determiningPolicies ?? []
  const errors = decision.policyErrors ?? []
  const seen = `${decision.decision} by ${determining.join(', ') || 'no policy'}${errors.length > 0 ? `, while ${errors.join(', ')} failed` : ''}`
  const isExpected =
    decision.decision === expected &&
    (by === undefined || JSON.stringify(by.toSorted()) === JSON.stringify(determining.toSorted()))
  return isExpected ? undefined : `expected ${expected}${by === undefined ? '' : ` by ${by.join(', ')}`}, got ${seen}`
}
