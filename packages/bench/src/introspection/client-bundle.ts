import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const CORE = new URL('../../../core/src/', import.meta.url).pathname

/** A file that is gone once it is no longer needed. */
export interface ClientBundle {
  readonly url: string
  remove(): Promise<void>
}

/** The introspection client of core is no export of its own: it is put together from the very sources. */
export async function bundleClient(): Promise<ClientBundle> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { createIntrospectionClient } from './tokens/introspection-client.ts'
        export { clientSecretBasic } from './transport/client-authentication.ts'
        export { systemClock } from './transport/clock.ts'
        export { createHttpClient } from './transport/http-client.node.ts'`,
      resolveDir: CORE,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    alias: {
      '#signature': join(CORE, 'keys/signature.node.ts'),
      '#http-client': join(CORE, 'transport/http-client.node.ts'),
    },
    logLevel: 'silent',
  })
  const folder = await mkdtemp(join(tmpdir(), 'tokenward-client-'))
  const file = join(folder, 'client.mjs')
  await writeFile(file, outputFiles[0]?.contents ?? '')
  return { url: pathToFileURL(file).href, remove: () => rm(folder, { recursive: true, force: true }) }
}
