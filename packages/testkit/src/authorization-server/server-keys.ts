import type { FakeClock } from '../fake-clock.js'
import { createKeyRotation, type Rotation } from '../jws/key-rotation.js'
import {
  createSigningKey,
  publish,
  type PublishedEcKey,
  type PublishedKey,
  publishEc,
  type SigningAlgorithm,
  type SigningKey,
} from '../jws/signing-key.js'

/** The signing key of an authorization server, and those it signed with before. */
export interface ServerKeys {
  readonly current: () => SigningKey
  published(): (PublishedKey | PublishedEcKey)[]
  rotate(how: Rotation): Promise<void>
}

/** `newKid` names the keys. */
export async function createServerKeys(
  algorithm: SigningAlgorithm,
  clock: FakeClock,
  newKid: () => string,
): Promise<ServerKeys> {
  const rotation = createKeyRotation(await createSigningKey(algorithm, newKid()), clock)
  return {
    current: rotation.current,
    published: () => rotation.published().map((key) => (algorithm === 'RS256' ? publish(key) : publishEc(key))),
    async rotate(how) {
      rotation.rotate(await createSigningKey(algorithm, newKid()), how)
    },
  }
}
