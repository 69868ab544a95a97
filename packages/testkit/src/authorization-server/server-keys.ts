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
  rotate(keepOld: boolean): Promise<void>
}

export async function createServerKeys(algorithm: SigningAlgorithm): Promise<ServerKeys> {
  let current = await createSigningKey(algorithm)
  let retired: readonly SigningKey[] = []
  return {
    current: () => current,
    published: () => [current, ...retired].map((key) => (algorithm === 'RS256' ? publish(key) : publishEc(key))),
    async rotate(keepOld) {
      retired = keepOld ? [current, ...retired] : []
      current = await createSigningKey(algorithm)
    },
  }
}
