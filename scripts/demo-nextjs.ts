// Builds the Next.js application and walks through it. `--serve` keeps it running, to be looked at in a browser.
import { root, run, secondsSince } from './process.ts'

const start = performance.now()
process.stdout.write('Building core, the testkit, the Next.js adapter and the application …\n')
const build = await run('turbo', ['run', 'build:app', '--filter=@tokenward-apps/nextjs-app'])
if (build.code !== 0) {
  process.stdout.write(`${build.output}\nThe build failed.\n`)
  process.exit(build.code)
}
process.stdout.write(`  done in ${secondsSince(start)}\n`)

const demo = await run('node', ['apps/nextjs-app/demo/main.ts', ...process.argv.slice(2)], { cwd: root, live: true })
process.exit(demo.code)
