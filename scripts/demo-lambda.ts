// Builds the Lambda demo and walks through it: starting the emulator of API Gateway takes as long as all the other demos.
import { root, run, secondsSince } from './process.ts'

const start = performance.now()
process.stdout.write('Building core, the testkit, Cedar, the Lambda adapter and the demo …\n')
const build = await run('turbo', ['run', 'build', '--filter=@tokenward-apps/lambda-http-api'])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\n`)

const demo = await run('node', ['apps/lambda-http-api/dist/main.js'], { cwd: root, live: true })
process.exit(demo.code)
