import { readdir, readFile, writeFile } from 'node:fs/promises'
import { transform } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

const entry = {
  index: 'src/index.ts',
  conformance: 'src/conformance/index.ts',
  jest: 'src/jest.ts',
  msw: 'src/msw.ts',
  'node-test': 'src/node-test.ts',
  'verified-permissions': 'src/verified-permissions/index.ts',
  vitest: 'src/vitest.ts',
}

/** The first names `Symbol.asyncDispose` for consumers whose own settings do not. */
const dts = { entry, banner: '/// <reference lib="esnext.disposable" />' }

/**
 * The CommonJS build is the ES module build, file by file: entries share their modules in chunks, so that the fakes of a
 * process know of each other, whichever entry made them. `import()` becomes `require()`: Jest in CommonJS has no other.
 */
async function writeCommonJs(): Promise<void> {
  const files = (await readdir('dist')).filter((file) => file.endsWith('.js'))
  await Promise.all(
    files.map(async (file) => {
      const source = await readFile(`dist/${file}`, 'utf8')
      const supported = { 'dynamic-import': false }
      const { code } = await transform(source, { format: 'cjs', platform: 'node', target: 'es2022', supported })
      const linked = code.replaceAll(/require\("(\.\/[^"]+)\.js"\)/g, 'require("$1.cjs")')
      await writeFile(`dist/${file.replace(/\.js$/, '.cjs')}`, linked)
    }),
  )
}

const cjsDeclarations: Options = { entry, format: 'cjs', dts: { ...dts, only: true } }

export default defineConfig(({ dts: asked }) => [
  {
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    splitting: true,
    clean: true,
    dts,
    onSuccess: writeCommonJs,
  },
  ...(asked === false ? [] : [cjsDeclarations]),
])
