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
 * The schema first, because new policies are validated against it. Then what forbids is added, what permits is changed, and what
 * forbade goes, so that at no time something is permitted that neither the old policies permit nor the new ones.
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
  const staticPolicy = ({ text }: Policy) => ({ policyStoreId, definition: { static: { statement: text } } })
  const create = async (policy: Policy) => {
    await client.createPolicy({ ...staticPolicy(policy), name: `name/${policy.id}` })
    done(`created ${policy.id}`)
  }
  const remove = async ({ policyId, name }: StorePolicy) => {
    await client.deletePolicy({ policyStoreId, policyId })
    done(`deleted ${name ?? policyId}`)
  }
  /** The new one stands before the old one goes, and then takes its name, which is unique in a store. */
  const replacements: Replacement[] = []
  const standIn = async ({ policy, stored }: ChangedPolicy) => {
    const { policyId } = await client.createPolicy(staticPolicy(policy))
    replacements.push({ policy, stored, policyId })
    done(`created ${policy.id} beside the one it replaces`)
  }
  const takeOver = async ({ policy, stored, policyId }: Replacement) => {
    await client.deletePolicy({ policyStoreId, policyId: stored.policyId })
    await client.updatePolicy({ policyStoreId, policyId, name: `name/${policy.id}` })
    done(`replaced ${policy.id}`)
  }
  const change = async (one: ChangedPolicy) => {
    if (!one.updatable) return standIn(one)
    await client.updatePolicy({ ...staticPolicy(one.policy), policyId: one.stored.policyId })
    done(`updated ${one.policy.id}`)
  }

  const toCreate = byEffect(missing, ({ json }) => json.effect === 'permit')
  const toChange = byEffect(changed, ({ policy }) => policy.json.effect === 'permit')
  const toDelete = byEffect(doomed, ({ effect }) => effect === 'Permit')
  for (const policy of toCreate.forbids) await create(policy)
  for (const one of toChange.forbids) await standIn(one)
  for (const one of toChange.permits) await change(one)
  for (const policy of toCreate.permits) await create(policy)
  for (const policy of toDelete.permits) await remove(policy)
  const replaced = byEffect(replacements, ({ stored }) => stored.effect === 'Permit')
  for (const one of [...replaced.permits, ...replaced.forbids]) await takeOver(one)
  for (const policy of toDelete.forbids) await remove(policy)
}

interface Replacement extends Pick<ChangedPolicy, 'policy' | 'stored'> {
  readonly policyId: string | undefined
}

function byEffect<One>(all: readonly One[], permits: (one: One) => boolean) {
  return { permits: all.filter(permits), forbids: all.filter((one) => !permits(one)) }
}
