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
  await replaceFile(file, JSON.stringify(snapshot))
}

/** Each call has a file of its own until it is whole, beside the old one: only within a folder is a rename one step. */
async function replaceFile(file: string, text: string): Promise<void> {
  // Only a build needs it; a function that starts does not.
  const { open, rename, rm } = await import('node:fs/promises')
  const unfinished = `${file}.${crypto.randomUUID()}.tmp`
  // What is there already may be a link to elsewhere.
  const handle = await open(unfinished, 'wx')
  try {
    await handle.writeFile(text).finally(() => handle.close())
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
