import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const CORE = new URL('../../../core/src/', import.meta.url).pathname

/** What the client takes, by the name of its file. */
const ENTRIES = {
  'introspection-client': join(CORE, 'tokens/introspection-client.ts'),
  'client-authentication': join(CORE, 'transport/client-authentication.ts'),
  clock: join(CORE, 'transport/clock.ts'),
  'http-client': join(CORE, 'transport/http-client.node.ts'),
}

/** A folder that is gone once it is no longer needed. */
interface ClientBundle {
  readonly url: string
  remove(): Promise<void>
}

/** The introspection client of core is no export of its own: it is put together from the very sources. */
export async function bundleClient(): Promise<ClientBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenward-client-'))
  await build({
    entryPoints: ENTRIES,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    alias: { '#signature': join(CORE, 'keys/signature.node.ts'), '#http-client': ENTRIES['http-client'] },
    logLevel: 'silent',
  })
  return { url: `${pathToFileURL(folder).href}/`, remove: () => rm(folder, { recursive: true, force: true }) }
}
