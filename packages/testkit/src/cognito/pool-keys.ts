import {
  createSigningKey,
  createSigningKeySync,
  publish,
  type PublishedKey,
  type SigningKey,
} from '../jws/signing-key.js'

/** The signing keys of a pool: one for access tokens, one for ID tokens, and those it signed with before. */
export interface PoolKeys {
  readonly access: () => SigningKey
  /** Made when it is first asked for: many tests need none, and RSA keys are slow to make. */
  id(): Promise<SigningKey>
  /** The key set as published now. */
  published(): Promise<readonly PublishedKey[]>
  /** The same for callers that cannot wait. */
  publishedSync(): readonly PublishedKey[]
  /** A published key by its name. */
  find(kid: unknown): SigningKey | undefined
  /** Signs with new keys from now on. */
  rotate(keepOld: boolean): Promise<void>
}

export async function createPoolKeys(): Promise<PoolKeys> {
  let access = await createSigningKey()
  let idKey = lazyKey()
  let retired: readonly SigningKey[] = []
  const all = () => [idKey.made(), access, ...retired].filter((key) => key !== undefined)
  return {
    access: () => access,
    id: () => idKey.get(),
    async published() {
      // As they are now, also when they are rotated meanwhile.
      const others = [access, ...retired]
      return [await idKey.get(), ...others].map(publish)
    },
    publishedSync() {
      idKey.getSync()
      return all().map(publish)
    },
    find: (kid) => all().find((key) => key.kid === kid),
    async rotate(keepOld) {
      const [next, id] = await Promise.all([createSigningKey(), idKey.get()])
      retired = keepOld ? [id, access, ...retired] : []
      access = next
      idKey = lazyKey()
    },
  }
}

/** Whoever comes first makes it; others who are waiting then get the same. */
function lazyKey() {
  let key: SigningKey | undefined
  return {
    made: () => key,
    async get() {
      if (key !== undefined) return key
      const made = await createSigningKey()
      return (key ??= made)
    },
    getSync: () => (key ??= createSigningKeySync()),
  }
}
