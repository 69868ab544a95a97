import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { build, transform } from 'esbuild'
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

const external = ['#signature', '#http-client']

/** Every file takes about as long to find and open as to compile: what esbuild splits into many becomes one. */
async function mergeChunks(): Promise<void> {
  const files = (await readdir('dist')).filter((file) => file.endsWith('.js'))
  const chunks = files.filter((file) => file.startsWith('chunk-'))
  const { outputFiles, metafile } = await build({
    stdin: { contents: chunks.map((chunk) => `export * from './${chunk}'`).join('\n'), resolveDir: 'dist' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: [...external, 'node:*'],
    ignoreAnnotations: true,
  })
  const shared = new Set(Object.values(metafile.outputs)[0]?.exports)
  await writeFile('dist/shared.js', outputFiles[0]?.contents ?? '')
  for (const file of files) {
    if (chunks.includes(file)) await rm(`dist/${file}`)
    else await writeFile(`dist/${file}`, withSharedImports(await readFile(`dist/${file}`, 'utf8'), shared))
  }
}

function withSharedImports(source: string, shared: ReadonlySet<string>): string {
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
  return names.length === 0 ? own : `import { ${names.join(', ')} } from "./shared.js";\n${own}`
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
    async onSuccess() {
      await mergeChunks()
      await writeCommonJs()
    },
  },
  { entry: declared, format: 'cjs', external, dts: { only: true, entry: declared } },
])
