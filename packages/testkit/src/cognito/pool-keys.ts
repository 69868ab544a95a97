import { createSigningKey, publish, type PublishedKey, type SigningKey } from '../jws/signing-key.js'

/** The signing keys of a pool: one for access tokens, one for ID tokens, and those it signed with before. */
export interface PoolKeys {
  readonly access: () => SigningKey
  readonly id: () => SigningKey
  /** The key set as published now. */
  published(): readonly PublishedKey[]
  /** A published key by its name. */
  find(kid: unknown): SigningKey | undefined
  /** Signs with new keys from now on. */
  rotate(keepOld: boolean): Promise<void>
}

export async function createPoolKeys(): Promise<PoolKeys> {
  let { access, id } = await createKeyPair()
  let retired: readonly SigningKey[] = []
  const all = () => [id, access, ...retired]
  return {
    access: () => access,
    id: () => id,
    published: () => all().map(publish),
    find: (kid) => all().find((key) => key.kid === kid),
    async rotate(keepOld) {
      retired = keepOld ? all() : []
      ;({ access, id } = await createKeyPair())
    },
  }
}

async function createKeyPair(): Promise<{ readonly access: SigningKey; readonly id: SigningKey }> {
  const [access, id] = await Promise.all([createSigningKey(), createSigningKey()])
  return { access, id }
}
