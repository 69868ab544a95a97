import { readdir, readFile, writeFile } from 'node:fs/promises'
import { transform } from 'esbuild'
import { defineConfig } from 'tsup'

const declared = {
  index: 'src/index.ts',
  aws: 'src/requests/aws.ts',
  cognito: 'src/cognito/index.ts',
  errors: 'src/errors.ts',
  node: 'src/requests/node.ts',
  testing: 'src/testing/index.ts',
}
const perRuntime = {
  'signature.node': 'src/keys/signature.node.ts',
  'signature.webcrypto': 'src/keys/signature.webcrypto.ts',
  'http-client.node': 'src/transport/http-client.node.ts',
  'http-client.fetch': 'src/transport/http-client.fetch.ts',
}

/**
 * The CommonJS build is the ES module build, file by file. Entries share their modules in chunks, so that nothing
 * exists twice in one process; tsup's own CommonJS chunks would rewrite `?.` and `??` into helper calls.
 */
async function writeCommonJs(): Promise<void> {
  const files = (await readdir('dist')).filter((file) => file.endsWith('.js'))
  await Promise.all(
    files.map(async (file) => {
      const source = await readFile(`dist/${file}`, 'utf8')
      const { code } = await transform(source, { format: 'cjs', platform: 'node', target: 'es2022' })
      const linked = code.replaceAll(/require\("(\.\/[^"]+)\.js"\)/g, 'require("$1.cjs")')
      await writeFile(`dist/${file.replace(/\.js$/, '.cjs')}`, linked)
    }),
  )
}

const external = ['#signature', '#http-client']

export default defineConfig([
  {
    entry: { ...declared, ...perRuntime },
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: [...external, /^node:/],
    splitting: true,
    clean: true,
    dts: { entry: declared },
    onSuccess: writeCommonJs,
  },
  { entry: declared, format: 'cjs', external, dts: { only: true, entry: declared } },
])
