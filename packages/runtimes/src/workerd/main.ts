// Bundles the tests of core with the conditions of workerd, and runs them there: `node main.ts [words of file names]`.
// Prints a line for each file, and writes the counts as JSON to the file that TOKENWARD_REPORT names.
import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { Miniflare } from 'miniflare'
import { filesExcludedOn } from '../excluded.ts'
import type { FileResult } from './run-file.ts'
import { RUNNER } from './runner-host.ts'

const core = resolve(import.meta.dirname, '../../../core')
const words = process.argv.slice(2)
const excluded = new Set(filesExcludedOn('workerd'))
const files = globSync('test/**/*.test.ts', { cwd: core })
  .filter((file) => !excluded.has(file) && (words.length === 0 || words.some((word) => file.includes(word))))
  .toSorted()

/** Loads a file when it is asked for. */
const entryFor = (file: string) => `${JSON.stringify(file)}: () => import(${JSON.stringify(`./${file}`)})`

/** One module that imports each test file on demand. */
const testFiles: Plugin = {
  name: 'test-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^test-files$/ }, () => ({ path: 'test-files', namespace: 'test-files' }))
    onLoad({ filter: /.*/, namespace: 'test-files' }, () => ({
      contents: `export const testFiles = { ${files.map(entryFor).join(', ')} }`,
      resolveDir: core,
    }))
  },
}

const bundle = await build({
  stdin: { contents: `export { worker as default } from './worker.ts'`, resolveDir: import.meta.dirname },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'es2024',
  conditions: ['workerd'],
  external: ['node:*', 'cloudflare:*'],
  // What the manifest of core says for workerd, on the sources.
  alias: {
    '#signature': resolve(core, 'src/keys/signature.webcrypto.ts'),
    '#http-client': resolve(core, 'src/transport/http-client.fetch.ts'),
  },
  define: { 'import.meta.env': 'process.env' },
  banner: { js: `process.env.NODE_ENV = 'test'` },
  keepNames: true,
  plugins: [testFiles],
  logLevel: 'error',
})
const [script] = bundle.outputFiles

const workerd = new Miniflare({
  name: 'tests',
  modules: true,
  script: script?.text ?? '',
  compatibilityDate: '2026-07-01',
  compatibilityFlags: ['nodejs_compat'],
  // What a test sends to a server of its own comes back to the Worker, where that server is.
  outboundService: 'tests',
  cf: false,
})

const total = { passed: 0, failed: 0, skipped: 0 }
for (const file of files) {
  const start = performance.now()
  const result = await run(file)
  total.passed += result.passed
  total.failed += result.failed.length
  total.skipped += result.skipped
  const mark = result.failed.length === 0 ? '✓' : '✗'
  process.stdout.write(` ${mark} ${file} (${result.passed} tests) ${Math.round(performance.now() - start)}ms\n`)
  for (const { name, message } of result.failed) process.stdout.write(`   ✗ ${name}\n${message.slice(0, 600)}\n`)
}
await workerd.dispose()
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
const report = process.env['TOKENWARD_REPORT']
if (report !== undefined) await writeFile(report, JSON.stringify(total))
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1)

async function run(file: string): Promise<FileResult> {
  const signal = AbortSignal.timeout(300_000)
  try {
    const response = await workerd.dispatchFetch(`http://${RUNNER}/${file}`, { signal })
    if (response.status !== 200) throw new Error(await response.text())
    const result = (await response.json()) as FileResult
    if (result.passed === 0 && result.failed.length === 0) throw new Error('no test ran')
    return result
  } catch (error) {
    return { passed: 0, failed: [{ name: file, message: String(error) }], skipped: 0 }
  }
}
