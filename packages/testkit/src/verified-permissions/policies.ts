import { randomBytes } from 'node:crypto'
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { type Cedar, reasonsOf } from './cedar.js'
import type { StoreSchema } from './schema-shape.js'
import { invalid, ServiceException } from './service-exception.js'

/** A policy in the store. */
export interface StoredPolicy {
  readonly policyId: string
  /** With its prefix `name/`. */
  readonly name: string | undefined
  readonly description: string | undefined
  readonly statement: string
  readonly json: PolicyJson
  readonly createdDate: string
  readonly lastUpdatedDate: string
}

/** What a policy is made of. */
interface PolicyContent {
  readonly statement: string
  readonly description?: string | undefined
  readonly name?: string | undefined
}

/** "Policy size: 10,000 bytes" (quotas). */
const MAX_STATEMENT = 10_000

export interface StoredPolicies {
  all(): readonly StoredPolicy[]
  /** By id or by name. */
  find(idOrName: string): StoredPolicy | undefined
  create(content: PolicyContent, schema: StoreSchema | undefined): StoredPolicy
  update(policy: StoredPolicy, content: PolicyContent, schema: StoreSchema | undefined): StoredPolicy
  remove(policy: StoredPolicy): void
}

export function createPolicies(cedar: Cedar, now: () => string): StoredPolicies {
  const byId = new Map<string, StoredPolicy>()

  function read(statement: string, schema: StoreSchema | undefined): PolicyJson {
    if (Buffer.byteLength(statement) > MAX_STATEMENT) {
      throw invalid('definition.static.statement', `must have at most ${MAX_STATEMENT} bytes`)
    }
    const parsed = cedar.policyToJson(statement)
    if (parsed.type === 'failure') throw invalid('definition.static.statement', reasonsOf(parsed.errors))
    if (schema !== undefined) checkAgainst(cedar, schema, statement)
    return parsed.json
  }

  function checkName(name: string | undefined, owner?: StoredPolicy): void {
    if (name === undefined) return
    if (!/^name\/[a-zA-Z0-9-/_]{1,145}$/.test(name)) throw invalid('name', 'must be name/ and letters, digits, - / _')
    const other = [...byId.values()].find((policy) => policy.name === name)
    if (other !== undefined && other.policyId !== owner?.policyId) {
      throw new ServiceException('ConflictException', 'Another policy has that name', {
        members: { resources: [{ resourceId: other.policyId, resourceType: 'POLICY' }] },
      })
    }
  }

  return {
    all: () => [...byId.values()],
    find: (idOrName) => byId.get(idOrName) ?? [...byId.values()].find(({ name }) => name === idOrName),
    create({ statement, description, name }, schema) {
      checkName(name)
      const json = read(statement, schema)
      const at = now()
      const policyId = `SPFAKE${randomBytes(8).toString('hex')}`
      const policy = { policyId, name, description, statement, json, createdDate: at, lastUpdatedDate: at }
      byId.set(policyId, policy)
      return policy
    },
    update(policy, { statement, description, name = policy.name }, schema) {
      checkName(name, policy)
      const json = read(statement, schema)
      checkUnchanged(policy.json, json)
      const updated = { ...policy, name, description, statement, json, lastUpdatedDate: now() }
      byId.set(policy.policyId, updated)
      return updated
    },
    remove: ({ policyId }) => void byId.delete(policyId),
  }
}

/** What Cedar's validator finds goes to `fieldList`, as the exception's documentation has it. */
function checkAgainst(cedar: Cedar, schema: StoreSchema, statement: string): void {
  const answer = cedar.validate({ schema: schema.text, policies: { staticPolicies: { policy: statement } } })
  if (answer.type === 'failure') throw invalid('definition.static.statement', reasonsOf(answer.errors))
  const impossible = answer.validationWarnings.filter(({ error }) => error.message.includes('policy is impossible'))
  const problems = [...answer.validationErrors, ...impossible].map(({ error }) => error)
  if (problems.length > 0) throw invalid('definition.static.statement', reasonsOf(problems))
}

/** "You can't change these elements of a static policy": effect, principal, resource (UpdatePolicy). */
function checkUnchanged(before: PolicyJson, after: PolicyJson): void {
  for (const element of ['effect', 'principal', 'resource'] as const) {
    if (JSON.stringify(before[element]) !== JSON.stringify(after[element])) {
      throw invalid('definition.static.statement', `must not change the ${element} of the policy`)
    }
  }
}
