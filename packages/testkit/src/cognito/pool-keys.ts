import type { FakeClock } from '../fake-clock.js'
import { createKeyRotation, type Rotation } from '../jws/key-rotation.js'
import { createSigningKey, publish, type PublishedKey, type SigningKey } from '../jws/signing-key.js'

/** The signing keys of a pool: one for access tokens, one for ID tokens, and those it signed with before. */
export interface PoolKeys {
  readonly access: () => SigningKey
  /** Taken when it is first asked for: many tests need none, and RSA keys are slow to make. */
  id(): Promise<SigningKey>
  /** The key set as published now. */
  published(): Promise<PublishedKey[]>
  /** A key by its name: a published one, or one that will be. */
  find(kid: unknown): SigningKey | undefined
  /** Signs with new keys from now on. */
  rotate(how: Rotation): Promise<void>
}

/** `newKid` names the keys of the pool. */
export async function createPoolKeys(clock: FakeClock, newKid: () => string): Promise<PoolKeys> {
  const rotation = createKeyRotation(await createKeyPair(newKid), clock)
  return {
    access: () => rotation.current().access,
    id: () => rotation.current().id(),
    async published() {
      // As they are now, also when they are rotated meanwhile.
      const pairs = rotation.published()
      const keys = await Promise.all(pairs.map(async ({ access, id }) => [await id(), access]))
      return keys.flat().map(publish)
    },
    find: (kid) =>
      rotation
        .accepted()
        .flatMap(({ access, madeId }) => [madeId(), access])
        .find((key) => key?.kid === kid),
    async rotate(how) {
      rotation.rotate(await createKeyPair(newKid), how)
    },
  }
}

interface KeyPair {
  readonly access: SigningKey
  readonly id: () => Promise<SigningKey>
  /** The key for ID tokens, where anybody has asked for it. */
  readonly madeId: () => SigningKey | undefined
}

async function createKeyPair(newKid: () => string): Promise<KeyPair> {
  // Both are named before anything takes its time, so that the names come in one order.
  const [accessKid, idKid] = [newKid(), newKid()]
  const access = await createSigningKey('RS256', accessKid)
  let made: SigningKey | undefined
  let making: Promise<SigningKey> | undefined
  return {
    access,
    id: () => (making ??= createSigningKey('RS256', idKid).then((key) => (made = key))),
    madeId: () => made,
  }
}
