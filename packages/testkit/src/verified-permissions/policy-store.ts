import { randomBytes } from 'node:crypto'
import { type Cedar, reasonsOf } from './cedar.js'
import { createPolicies, type StoredPolicies } from './policies.js'
import { type StoreSchema, storeSchema } from './schema-shape.js'
import { type FakeVerifiedPermissionsOptions, type IdentitySourceSettings, STORE } from './store-settings.js'

/** A policy store with all it has. */
export interface PolicyStore {
  readonly cedar: Cedar
  readonly policyStoreId: string
  readonly identitySource: IdentitySourceSettings | undefined
  readonly policies: StoredPolicies
  readonly schema:
    | { readonly current: StoreSchema; readonly createdDate: string; readonly lastUpdatedDate: string }
    | undefined
  /** Takes the place of the schema; policies that are there stay as they are. */
  putSchema(given: string | object): void
  /** The schema that policies and requests must fit; `undefined` where nothing is validated. */
  validating(): StoreSchema | undefined
}

export function createPolicyStore(cedar: Cedar, options: FakeVerifiedPermissionsOptions): PolicyStore {
  const { policies = '', schema, identitySource, validation = 'STRICT' } = options
  let put: PolicyStore['schema']
  const store: PolicyStore = {
    cedar,
    policyStoreId: `PSFAKE${randomBytes(8).toString('hex')}`,
    identitySource,
    policies: createPolicies(cedar, now),
    get schema() {
      return put
    },
    putSchema(given) {
      const at = now()
      put = { current: storeSchema(cedar, given), createdDate: put?.createdDate ?? at, lastUpdatedDate: at }
    },
    validating: () => (validation === 'STRICT' ? put?.current : undefined),
  }
  try {
    if (schema !== undefined) store.putSchema(schema)
    addAll(store, policies)
  } catch (cause) {
    throw new TypeError(`${STORE.maker}: ${(cause as Error).message}`, { cause })
  }
  return store
}

function addAll({ cedar, policies, validating }: PolicyStore, text: string): void {
  const parts = cedar.policySetTextToParts(text)
  if (parts.type === 'failure') throw new Error(reasonsOf(parts.errors))
  if (parts.policy_templates.length > 0) throw new Error('policies must have no template')
  for (const statement of parts.policies) {
    const parsed = cedar.policyToJson(statement)
    const id = parsed.type === 'success' ? parsed.json.annotations?.['id'] : undefined
    try {
      policies.create({ statement, name: id === undefined ? undefined : `name/${id}` }, validating())
    } catch (cause) {
      throw new Error(`policy ${id ?? statement}: ${(cause as Error).message}`, { cause })
    }
  }
}

function now(): string {
  return new Date().toISOString()
}
