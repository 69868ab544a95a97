// Builds core and the testkit and measures what they cost, beside their peers. Writes packages/bench/results.json and the
// READMEs. `npm run bench -- testkit` measures the testkit alone.
import { root, run, secondsSince } from './process.ts'

const start = performance.now()
process.stdout.write('Building core and the testkit …\n')
const build = await run('turbo', ['run', 'build', '--filter=@tokenward/core', '--filter=@tokenward/testkit'])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\n`)

const { code } = await run('node', ['packages/bench/src/main.ts', ...process.argv.slice(2)], { cwd: root, live: true })
process.exit(code)
