import type { VerifiedPermissions } from '@aws-sdk/client-verifiedpermissions'
import type { Policy } from '../engine/policy.js'
import { readLocalCedar } from './local-files.js'
import { connectStore, readStore, type StoreOptions, type StorePolicy } from './store-contents.js'
import { type ChangedPolicy, describe, type Difference, differenceOf, isDifferent } from './store-plan.js'
import { EXIT, type Exit, type Terminal, UsageError } from './terminal.js'

interface PushOptions extends StoreOptions {
  readonly folder: string
  /** Without it nothing is written. */
  readonly write: boolean
  /** Nobody is asked. */
  readonly yes: boolean
  /** Policies that only the store has are deleted. */
  readonly prune: boolean
}

/** Makes a policy store what the folder is. */
export async function pushCommand(terminal: Terminal, options: PushOptions): Promise<Exit> {
  const { store, write, yes, prune } = options
  const local = readLocalCedar(options.folder)
  const client = await connectStore(options)
  try {
    const difference = differenceOf(local, await readStore(client, store))
    for (const line of describe(difference)) terminal.out(line)
    if (!isDifferent(difference)) return EXIT.fine
    const doomed = prune ? difference.foreign.filter(({ statement }) => statement !== undefined) : []
    if (!prune && difference.foreign.length > 0) terminal.out('what only the store has stays there; --prune deletes it')
    if (!write) {
      terminal.out('nothing was written; --write writes')
      return EXIT.different
    }
    if (!yes && !(await isConfirmed(terminal, store))) {
      terminal.out('nothing was written')
      return EXIT.failed
    }
    await apply(client, store, difference, doomed, (line) => terminal.out(line))
    return EXIT.fine
  } finally {
    client.destroy()
  }
}

async function isConfirmed(terminal: Terminal, store: string): Promise<boolean> {
  const answer = await terminal.ask(`Type the id of the policy store to write it (${store}): `)
  if (answer === undefined) throw new UsageError('push --write needs somebody to confirm it, or --yes')
  return answer.trim() === store
}

/**
 * The schema first, because new policies are validated against it; what forbids before what permits, and deletions last, so
 * that at no time something is permitted that neither the old policies permit nor the new ones.
 */
async function apply(
  client: VerifiedPermissions,
  policyStoreId: string,
  { schema, missing, changed }: Difference,
  doomed: readonly StorePolicy[],
  done: (line: string) => void,
): Promise<void> {
  if (schema !== undefined) {
    await client.putSchema({ policyStoreId, definition: { cedarJson: schema } })
    done('put the schema')
  }
  const create = async ({ id, text }: Policy) => {
    await client.createPolicy({ policyStoreId, definition: { static: { statement: text } }, name: `name/${id}` })
    done(`created ${id}`)
  }
  for (const policy of thatDo('forbid', missing)) await create(policy)
  for (const change of changed) {
    await (change.updatable ? update(client, policyStoreId, change) : replace(client, policyStoreId, change))
    done(`${change.updatable ? 'updated' : 'replaced'} ${change.policy.id}`)
  }
  for (const policy of thatDo('permit', missing)) await create(policy)
  for (const { policyId, name } of doomed.toSorted(
    (a, b) => Number(b.effect === 'Permit') - Number(a.effect === 'Permit'),
  )) {
    await client.deletePolicy({ policyStoreId, policyId })
    done(`deleted ${name ?? policyId}`)
  }
}

async function update(
  client: VerifiedPermissions,
  policyStoreId: string,
  { policy, stored }: ChangedPolicy,
): Promise<void> {
  const { policyId } = stored
  await client.updatePolicy({ policyStoreId, policyId, definition: { static: { statement: policy.text } } })
}

/** The new one stands before the old one goes, and then takes its name, which is unique in a store. */
async function replace(
  client: VerifiedPermissions,
  policyStoreId: string,
  { policy, stored }: ChangedPolicy,
): Promise<void> {
  const { policyId } = await client.createPolicy({ policyStoreId, definition: { static: { statement: policy.text } } })
  await client.deletePolicy({ policyStoreId, policyId: stored.policyId })
  await client.updatePolicy({ policyStoreId, policyId, name: `name/${policy.id}` })
}

function thatDo(effect: Policy['json']['effect'], policies: readonly Policy[]): readonly Policy[] {
  return policies.filter(({ json }) => json.effect === effect)
}
