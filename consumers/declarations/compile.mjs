// Compiles each project with the oldest and the newest TypeScript that is supported.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const projects = [
  'tsconfig.plain.json',
  'tsconfig.dom.json',
  'tsconfig.node.json',
  'tsconfig.node10.json',
  'tsconfig.nestjs.json',
]
let failed = 0
for (const compiler of ['typescript-5', 'typescript-7']) {
  const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), 'bin/tsc')
  for (const project of projects) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' })
    process.stdout.write(`${status === 0 ? 'ok' : 'not ok'} ${compiler} ${project}\n${stdout}${stderr}`)
    if (status !== 0) failed += 1
  }
}
process.exitCode = failed === 0 ? 0 : 1
