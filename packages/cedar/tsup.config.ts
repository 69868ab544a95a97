import { readdir, readFile, writeFile } from 'node:fs/promises'
import { transform } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

const entry = { index: 'src/index.ts', 'verified-permissions': 'src/verified-permissions/index.ts' }

/**
 * The CommonJS build is the ES module build, file by file, so that both entries share their modules. What finds Cedar needs
 * to know where it stands itself.
 */
async function writeCommonJs(): Promise<void> {
  const files = (await readdir('dist')).filter((file) => file.endsWith('.js') && file !== 'cli.js')
  await Promise.all(
    files.map(async (file) => {
      const source = await readFile(`dist/${file}`, 'utf8')
      const define = { 'import.meta.url': '__filename' }
      const { code } = await transform(source, { format: 'cjs', platform: 'node', target: 'es2022', define })
      const linked = code.replaceAll(/require\("(\.\/[^"]+)\.js"\)/g, 'require("$1.cjs")')
      await writeFile(`dist/${file.replace(/\.js$/, '.cjs')}`, linked)
    }),
  )
}

/** The command is an ES module alone: nobody requires it. */
const bin = { cli: 'src/cli/bin.ts' }

/** Of both formats, from one run of the compiler. */
const declarations: Options = { entry, format: ['esm', 'cjs'], dts: { only: true, entry } }

export default defineConfig(({ dts }) => [
  {
    entry: { ...entry, ...bin },
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    splitting: true,
    clean: true,
    onSuccess: writeCommonJs,
  },
  ...(dts === false ? [] : [declarations]),
])
