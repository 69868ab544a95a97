import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build, transform } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

const declared = {
  index: 'src/index.ts',
  aws: 'src/requests/aws.ts',
  cognito: 'src/cognito/index.ts',
  errors: 'src/errors.ts',
  node: 'src/requests/node.ts',
  testing: 'src/testing/index.ts',
}
/** What stands for the ports, by the name of the file that has it. */
const platforms = {
  node: { '#signature': 'signature.node', '#http-client': 'http-client.node' },
  web: { '#signature': 'signature.webcrypto', '#http-client': 'http-client.fetch' },
}
const ports = Object.keys(platforms.node)
const implementations = {
  'signature.node': 'src/keys/signature.node.ts',
  'signature.webcrypto': 'src/keys/signature.webcrypto.ts',
  'http-client.node': 'src/transport/http-client.node.ts',
  'http-client.fetch': 'src/transport/http-client.fetch.ts',
}

/**
 * Every file takes about as long to find and open as to compile, so what esbuild splits into many becomes one for each
 * platform: the main entry, what entries share, and the ports. Entries find it by `#core`, which has conditions.
 */
async function mergeByPlatform(): Promise<void> {
  const built = (await readdir('dist')).filter((file) => file.endsWith('.js')).map((file) => file.slice(0, -3))
  const merged = built.filter((name) => name === 'index' || name.startsWith('chunk-'))
  const main = await exportsOf('dist/index.js')
  for (const [platform, implementationOf] of Object.entries(platforms)) {
    await build({
      stdin: { contents: merged.map((name) => `export * from './${name}.js'`).join('\n'), resolveDir: 'dist' },
      bundle: true,
      outfile: `dist/core.${platform}.js`,
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
      alias: Object.fromEntries(
        Object.entries(implementationOf).map(([port, name]) => [port, resolve('dist', `${name}.js`)]),
      ),
      external: ['node:*'],
      ignoreAnnotations: true,
    })
  }
  await writeFile('dist/index.js', `export { ${main.join(', ')} } from "#core";\n`)
  const shared = new Set(await exportsOf('dist/core.node.js'))
  for (const name of built.filter((each) => each !== 'index')) {
    const file = `dist/${name}.js`
    if (name in declared) await writeFile(file, withCoreImports(await readFile(file, 'utf8'), shared))
    else await rm(file)
  }
}

async function exportsOf(file: string): Promise<readonly string[]> {
  const { metafile } = await build({ entryPoints: [file], write: false, metafile: true, format: 'esm' })
  return Object.values(metafile.outputs)[0]?.exports ?? []
}

function withCoreImports(source: string, shared: ReadonlySet<string>): string {
  const names: string[] = []
  const own = source.replaceAll(
    /^import (?:\{([^}]*)\} from )?"\.\/chunk-\w+\.js";\n/gm,
    (_, list: string | undefined) => {
      if (list !== undefined) names.push(...list.split(',').map((name) => name.trim()))
      return ''
    },
  )
  const missing = names.filter((name) => !shared.has(name.split(' ')[0] as string))
  if (missing.length > 0 || own.includes('./chunk-')) throw new Error(`Chunks cannot be merged: ${missing.join(', ')}`)
  return names.length === 0 ? own : `import { ${names.join(', ')} } from "#core";\n${own}`
}

/**
 * The CommonJS build is the ES module build, file by file. Entries share their modules in one file, so that nothing
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

const cjsDeclarations: Options = {
  entry: declared,
  format: 'cjs',
  external: ports,
  dts: { only: true, entry: declared },
}

export default defineConfig(({ dts }) => [
  {
    entry: { ...declared, ...implementations },
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: [...ports, /^node:/],
    splitting: true,
    clean: true,
    removeNodeProtocol: false,
    dts: { entry: declared },
    async onSuccess() {
      await mergeByPlatform()
      await writeCommonJs()
    },
  },
  ...(dts === false ? [] : [cjsDeclarations]),
])
