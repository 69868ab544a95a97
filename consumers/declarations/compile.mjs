// Compiles each project with the oldest and the newest TypeScript that is supported.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const projects = {
  'typescript-5': ['plain', 'dom', 'node', 'node10', 'nestjs'],
  // TypeScript 7 has no `moduleResolution: node10` any more.
  'typescript-7': ['plain', 'dom', 'node', 'nestjs'],
}
let failed = 0
for (const [compiler, names] of Object.entries(projects)) {
  const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), 'bin/tsc')
  for (const name of names) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', `tsconfig.${name}.json`], {
      encoding: 'utf8',
    })
    process.stdout.write(`${status === 0 ? 'ok' : 'not ok'} ${compiler} ${name}\n${stdout}${stderr}`)
    if (status !== 0) failed += 1
  }
}
process.exitCode = failed === 0 ? 0 : 1
