// Builds what is measured and measures it beside its peers. Writes packages/bench/results.json, docs/benchmarks and the
// READMEs. `npm run bench -- --quick` measures for about a minute, `npm run bench -- testkit` measures one group.
import { root, run, secondsSince } from './process.ts'

const start = performance.now()
process.stdout.write('Building what is measured …\n')
const built = ['cedar', 'core', 'lambda', 'nestjs', 'testkit'].map((name) => `--filter=@tokenward/${name}`)
// Declarations take ten times as long as what runs.
const build = await run('turbo', ['run', 'build:js', ...built])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\n`)

const { code } = await run('node', ['packages/bench/src/main.ts', ...process.argv.slice(2)], { cwd: root, live: true })
process.exit(code)
