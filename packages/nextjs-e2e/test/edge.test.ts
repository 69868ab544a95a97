import { readFile } from 'node:fs/promises'
import { createRequire, isBuiltin } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fakeCognito } from '@tokenward/testkit'
import { build, type BuildOptions } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readmeFiles } from './support/readme-app.js'

const home = join(import.meta.dirname, '..')

/** As far as it is used here; Next.js brings it without types. */
interface Sandbox {
  new (options: { readonly initialCode: string; readonly extend: (context: object) => object }): {
    evaluate(code: string): Promise<string>
  }
}
const { EdgeRuntime } = createRequire(import.meta.url)('next/dist/compiled/edge-runtime') as { EdgeRuntime: Sandbox }

/** What a bundler for edge runtimes makes of a middleware, by default without Next.js itself. */
async function bundled(
  code: string,
  format: Pick<BuildOptions, 'define' | 'external' | 'format'> = { format: 'esm', external: ['next/*', 'node:*'] },
) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: home, sourcefile: 'middleware.ts', loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    target: 'es2022',
    conditions: ['edge-light', 'import'],
    // What is installed, and not the sources that the tests here run on.
    tsconfigRaw: {},
    logLevel: 'silent',
    ...format,
  })
  const [output] = Object.values(metafile.outputs)
  return {
    text: outputFiles[0]?.text ?? '',
    kilobytes: Math.round(gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).length / 1_000),
    imports: [...new Set(output?.imports.map(({ path }) => path))],
  }
}

/** Has a middleware asked in the sandbox that Next.js runs it in, where there is nothing of Node. */
async function inSandbox(code: string) {
  const { text } = await bundled(
    `import { NextRequest } from 'next/server.js'
    ${code}
    globalThis.ask = async (path, headers) => {
      const { status, headers: answered } = await middleware(new NextRequest(new URL(path, 'https://orders.example'), { headers }))
      return JSON.stringify([status, answered.get('location') ?? answered.get('x-middleware-next')])
    }`,
    { format: 'iife', external: [], define: { __dirname: '"/"' } },
  )
  // Of `process` it has the environment, and nothing else that is used here.
  const extend = (context: object) => Object.assign(context, { process: { env: { NODE_ENV: 'production' } } })
  const runtime = new EdgeRuntime({ initialCode: text, extend })
  return async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const answer = runtime.evaluate(`ask(${JSON.stringify(path)}, ${JSON.stringify(headers)})`)
    return JSON.parse(await answer)
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

  it('turns away and lets pass there, as the README prints it', async () => {
    const pool = await fakeCognito({ clients: ['web'] })
    onTestFinished(() => pool.close())
    const { url } = await pool.serve()
    const ask = await inSandbox(
      middleware
        .replace('eu-west-1_AbCdEf123', pool.userPoolId)
        .replace("'your-app-client-id'", `'web', endpoint: '${url}', allowInsecureLoopback: true`),
    )
    const page = async (token: string) => ask('/account/orders', { cookie: `__Host-access-token=${token}` })
    expect(await page(await pool.accessToken())).toStrictEqual([200, '1'])
    for (const forged of [await pool.forged.wrongKey(), await pool.forged.expired(), '']) {
      expect(await page(forged)).toStrictEqual([307, 'https://orders.example/sign-in'])
    }
    expect(await ask('/account')).toStrictEqual([307, 'https://orders.example/sign-in'])
    expect(await ask('/elsewhere')).toStrictEqual([200, '1'])
  })

  it('may also use the main entry, which loads none either', async () => {
    const { imports } = await bundled(`${files['lib/auth.ts']}
      export const middleware = createProxy({ rules: [{ path: '/admin' }] })`)
    expect(imports).toContain('next/server.js')
    expect(imports.filter((path) => isBuiltin(path))).toStrictEqual([])
  })
})
