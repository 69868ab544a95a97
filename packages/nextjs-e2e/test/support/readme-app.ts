import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../../../..')
const home = join(root, 'packages/nextjs-e2e')

/** The files that the README prints, by the path in their first line. */
export async function readmeFiles(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(root, 'packages/nextjs/README.md'), 'utf8')
  const blocks = [...text.matchAll(/^```tsx?\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)]
  return Object.fromEntries(blocks.map(([, path, code]) => [path as string, code as string]))
}

/** Writes files as an application of Next.js, where the packages can be found. */
export async function writeApp(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(home, '.tokenward', name)
  await rm(folder, { recursive: true, force: true })
  const tsconfig = await readFile(join(home, 'fixture/tsconfig.json'), 'utf8')
  const layout = await readFile(join(home, 'fixture/app/layout.tsx'), 'utf8')
  for (const [path, code] of Object.entries({ 'tsconfig.json': tsconfig, 'app/layout.tsx': layout, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), code)
  }
  return folder
}

/** Builds an application as `create-next-app` configures it, with Cache Components; throws with what Next.js says. */
export async function buildApp(folder: string): Promise<void> {
  const config = `export default { cacheComponents: true, turbopack: { root: ${JSON.stringify(root)} } }\n`
  await writeFile(join(folder, 'next.config.mjs'), config)
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' } as const
  await promisify(execFile)(join(home, 'node_modules/.bin/next'), ['build', folder], { env })
}

/** Has Next.js write its types and validators, and compiles all; empty where nothing is wrong. */
export async function compileApp(folder: string): Promise<string> {
  const run = promisify(execFile)
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }
  await run(join(home, 'node_modules/.bin/next'), ['typegen', folder], { env })
  return run(join(root, 'node_modules/.bin/tsc'), ['-p', join(folder, 'tsconfig.json')]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  )
}
