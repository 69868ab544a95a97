// Builds what the lab needs and runs it. It writes its figures into the README, which is formatted afterwards.
import { join } from 'node:path'
import { root, run, secondsSince } from './process.ts'

const start = performance.now()
process.stdout.write('Building core and the testkit …\n')
const build = await run('turbo', ['run', 'build', '--filter=@tokenward-apps/lab...'])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\nMeasuring, for less than a minute …\n`)

const lab = await run('node', ['apps/lab/src/main.ts'], { live: true })
if (lab.code !== 0) process.exit(lab.code)
const format = await run(join(root, 'node_modules/.bin/oxfmt'), ['README.md', 'apps/lab/results.json'])
if (format.code !== 0) process.stdout.write(format.output)
process.exit(format.code)
