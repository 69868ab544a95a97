import type { PolicyItem, VerifiedPermissions } from '@aws-sdk/client-verifiedpermissions'
import { ConfigurationError } from '@tokenward/core'

/** Which store, and where. */
export interface StoreOptions {
  readonly store: string
  readonly region: string | undefined
  readonly endpoint: string | undefined
}

/** A policy of a store. */
export interface StorePolicy {
  readonly policyId: string
  /** Its name without `name/`. */
  readonly name: string | undefined
  /** `undefined` for a policy that is linked to a template. */
  readonly statement: string | undefined
  readonly effect: string | undefined
}

/** What a store has. */
export interface StoreContents {
  /** In JSON; `undefined` where there is none. */
  readonly schema: string | undefined
  readonly policies: readonly StorePolicy[]
}

/** A client with the credentials of the environment, as the AWS SDK finds them. */
export async function connectStore({ region, endpoint }: StoreOptions): Promise<VerifiedPermissions> {
  try {
    const sdk = await import('@aws-sdk/client-verifiedpermissions')
    return new sdk.VerifiedPermissions({ ...(region && { region }), ...(endpoint && { endpoint }) })
  } catch {
    throw new ConfigurationError(
      'tokenward-cedar',
      'needs @aws-sdk/client-verifiedpermissions to speak with a policy store; install it',
    )
  }
}

export async function readStore(client: VerifiedPermissions, policyStoreId: string): Promise<StoreContents> {
  const items = await listPolicies(client, policyStoreId)
  const policies: StorePolicy[] = []
  for (const { policyId } of items) {
    const { name, effect, definition } = await client.getPolicy({ policyStoreId, policyId })
    policies.push({
      policyId: policyId as string,
      name: name?.replace(/^name\//, ''),
      statement: definition?.static?.statement,
      effect,
    })
  }
  return { schema: await readSchemaOf(client, policyStoreId), policies }
}

async function listPolicies(client: VerifiedPermissions, policyStoreId: string): Promise<readonly PolicyItem[]> {
  const items: PolicyItem[] = []
  let nextToken: string | undefined
  do {
    const page = await client.listPolicies({ policyStoreId, maxResults: 50, nextToken })
    items.push(...(page.policies ?? []))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return items
}

async function readSchemaOf(client: VerifiedPermissions, policyStoreId: string): Promise<string | undefined> {
  try {
    return (await client.getSchema({ policyStoreId })).schema
  } catch (error) {
    const { name, resourceType } = error as { name?: unknown; resourceType?: unknown }
    if (name === 'ResourceNotFoundException' && resourceType !== 'POLICY_STORE') return undefined
    throw error
  }
}
