import { createSigningKey, publish, type PublishedKey, type SigningKey } from '../jws/signing-key.js'

/** The signing keys of a pool: one for access tokens, one for ID tokens, and those it signed with before. */
export interface PoolKeys {
  readonly access: () => SigningKey
  /** Taken when it is first asked for: many tests need none, and RSA keys are slow to make. */
  id(): Promise<SigningKey>
  /** The key set as published now. */
  published(): Promise<PublishedKey[]>
  /** A published key by its name. */
  find(kid: unknown): SigningKey | undefined
  /** Signs with new keys from now on. */
  rotate(keepOld: boolean): Promise<void>
}

export async function createPoolKeys(): Promise<PoolKeys> {
  let current = await createKeyPair()
  let retired: readonly SigningKey[] = []
  const published = async () => {
    // As they are now, also when they are rotated meanwhile.
    const others = [current.access, ...retired]
    return [await current.id(), ...others]
  }
  return {
    access: () => current.access,
    id: () => current.id(),
    published: async () => (await published()).map(publish),
    find: (kid) => [current.madeId(), current.access, ...retired].find((key) => key?.kid === kid),
    async rotate(keepOld) {
      const [next, old] = await Promise.all([createKeyPair(), keepOld ? published() : []])
      retired = old
      current = next
    },
  }
}

interface KeyPair {
  readonly access: SigningKey
  readonly id: () => Promise<SigningKey>
  /** The key for ID tokens, where anybody has asked for it. */
  readonly madeId: () => SigningKey | undefined
}

async function createKeyPair(): Promise<KeyPair> {
  const access = await createSigningKey()
  let made: SigningKey | undefined
  let making: Promise<SigningKey> | undefined
  return {
    access,
    id: () => (making ??= createSigningKey().then((key) => (made = key))),
    madeId: () => made,
  }
}
