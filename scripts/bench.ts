// Builds core and measures what it costs, beside its peers. Writes packages/bench/results.json and the README of core.
import { root, run, secondsSince } from './process.ts'

const start = performance.now()
process.stdout.write('Building core …\n')
const build = await run('turbo', ['run', 'build', '--filter=@tokenward/core'])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\n`)

const { code } = await run('node', ['packages/bench/src/main.ts'], { cwd: root, live: true })
process.exit(code)
