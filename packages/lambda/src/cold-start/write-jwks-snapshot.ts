import { ConfigurationError, type ResourceServer } from '@tokenward/core'
import { assertResourceServer } from '../option-check.js'

/**
 * Fetches the keys of all issuers and writes them to a file, for a build or a deployment. The option `keySnapshot` of
 * `createResourceServer` takes what is in it, so that the first request of a cold start waits for no fetch. The keys age from
 * now: those older than `maxAge` of their issuer are not used, and are fetched as ever. Whoever can change the file can sign
 * tokens. The file is replaced as a whole, or not at all.
 *
 * @throws {@link UpstreamError} when an issuer has no keys to give.
 * @throws {@link ConfigurationError} where no issuer fetches any: their key sets stand in their options.
 */
export async function writeJwksSnapshot(api: ResourceServer, file: string): Promise<void> {
  assertResourceServer('writeJwksSnapshot', api)
  if (typeof file !== 'string' || file === '') throw new ConfigurationError('writeJwksSnapshot.file', 'must be a path')
  await api.ready()
  const snapshot = api.exportKeys()
  if (snapshot.keySets.length === 0) {
    throw new ConfigurationError('writeJwksSnapshot.api', 'fetches no keys: the issuers have theirs in their options')
  }
  // Only a build needs it; a function that starts does not.
  const { rename, writeFile } = await import('node:fs/promises')
  const unfinished = `${file}.${process.pid}.tmp`
  await writeFile(unfinished, JSON.stringify(snapshot))
  await rename(unfinished, file)
}
