import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { readmeFiles } from './support/readme-app.js'

const home = join(import.meta.dirname, '..')

/** What a bundler for edge runtimes makes of a middleware, without Next.js itself. */
async function bundled(code: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: home, sourcefile: 'middleware.ts', loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['edge-light', 'import'],
    external: ['next/*', 'node:*'],
    // What is installed, and not the sources that the tests here run on.
    tsconfigRaw: {},
    logLevel: 'silent',
  })
  const [output] = Object.values(metafile.outputs)
  return {
    text: outputFiles[0]?.text ?? '',
    kilobytes: Math.round(gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).length / 1_000),
    imports: [...new Set(output?.imports.map(({ path }) => path))],
  }
}

const files = await readmeFiles()
const middleware = files['middleware.ts'] as string

describe('a middleware on an edge runtime', () => {
  it('loads no module of Node, and is no larger than the README says', async () => {
    const { kilobytes, imports, text } = await bundled(middleware)
    expect(imports).toStrictEqual(['next/server.js'])
    expect(text).not.toMatch(/\bprocess\.|\brequire\(/)
    const readme = await readFile(join(home, '../nextjs/README.md'), 'utf8')
    const [, most] = /less than (\d+) kB minified and compressed/.exec(readme) ?? []
    expect(kilobytes).toBeLessThan(Number(most))
    // A figure that is far too high tells nothing either.
    expect(kilobytes).toBeGreaterThan(Number(most) / 2)
  })

  it('may also use the main entry, which loads none either', async () => {
    const { imports } = await bundled(`${files['lib/auth.ts']}
      export const middleware = createProxy({ rules: [{ path: '/admin' }] })`)
    expect(imports).toContain('next/server.js')
    expect(imports.filter((path) => isBuiltin(path))).toStrictEqual([])
  })
})
