// Runs every check. One line for each as it ends; the output of a check is shown only when it fails.
import { testPrincipalsApart } from './bundles.ts'
import { type Check, type Counts, program, vitest } from './checks.ts'
import { compile, copyReadmeTests, copyTestsForJest, jestTests, nodeTests, vitestTests } from './consumer-steps.ts'
import { consumer, declarations, inspectTarballs, noPrivateKeys, pack, runtimes } from './packed.ts'
import { secondsSince } from './process.ts'

/** Side by side, as many as there are cores worth using; within a lane one needs what the one before it made. */
const lanes: readonly (readonly Check[])[] = [
  [
    program('build', 'pnpm', ['exec', 'turbo', 'run', 'build']),
    program("the NestJS demo's self-check", 'node', ['apps/nestjs-api/dist/main.js']),
    program("the tRPC demo's self-check", 'node', ['apps/trpc-api/dist/main.js']),
    program("the Lambda demo's self-check", 'node', ['apps/lambda-http-api/dist/main.js']),
    program("the partner API's self-check", 'node', ['apps/mtls-partner-api/dist/main.js']),
    program('the short form of the lab', 'node', ['apps/lab/src/short-form.ts']),
    testPrincipalsApart,
    pack,
    inspectTarballs,
    noPrivateKeys,
    declarations('declarations', 'declarations under TypeScript 5.9 and 7'),
    declarations('declarations-nestjs', 'declarations where the NestJS package alone is installed'),
    consumer(
      'declarations-trpc',
      'declarations where the tRPC package alone is installed, and both module formats, with the oldest tRPC',
      compile,
      nodeTests,
    ),
    consumer(
      'declarations-lambda',
      'declarations where the Lambda package alone is installed, and both module formats, with the oldest CDK',
      compile,
      nodeTests,
    ),
    consumer(
      'nextjs',
      'the Next.js package alone, on the oldest Next.js: both module formats, test helpers, declarations',
      compile,
      nodeTests,
    ),
    consumer('cedar', 'Cedar in both module formats, its command and its declarations', nodeTests, compile),
    consumer('nestjs-11-jest', 'a CommonJS NestJS 11 app with Jest', copyTestsForJest('nestjs'), jestTests()),
    consumer('nestjs-12', 'conformance of NestJS 12 on Express and Fastify', nodeTests),
    consumer(
      'testkit-vitest',
      'the testkit under vitest, and the types of its matchers',
      copyReadmeTests('vitest 5', { 'src/readme.test.ts': 'top', 'src/readme-vitest.test.ts': 'vitest' }),
      vitestTests,
      compile,
    ),
    consumer(
      'testkit-jest',
      'the testkit under Jest, in CommonJS and with ES modules',
      copyReadmeTests('Jest 30', { 'src/readme.test.ts': 'top', 'src/readme-jest.test.ts': 'Jest' }),
      jestTests(),
      jestTests('jest.esm.config.json'),
    ),
    consumer(
      'testkit-node-test',
      'the testkit under node:test, in both module formats, with core',
      copyReadmeTests('node:test', { 'src/readme.test.ts': 'top', 'src/readme-node-test.test.ts': 'node:test' }),
      nodeTests,
      compile,
    ),
    vitest('Next.js, built and started, and its demo in Chromium', 'nextjs built'),
    program("the Next.js demo's self-check", 'node', ['apps/nextjs-app/demo/main.ts']),
    runtimes,
  ],
  [
    program('lint', 'pnpm', ['exec', 'oxlint', '--deny-warnings']),
    program('format', 'pnpm', ['exec', 'oxfmt', '--check']),
    program('types', 'pnpm', ['exec', 'turbo', 'run', 'typecheck', '//#typecheck:root']),
    program('unused code and dependencies (knip)', 'pnpm', ['exec', 'knip']),
    vitest('unit and integration tests', '!nextjs built'),
  ],
]

const start = performance.now()
const total = { passed: 0, failed: 0, skipped: 0 }
const notRun: string[] = []

async function runLane(checks: readonly Check[]): Promise<void> {
  for (const check of checks) {
    const checkStart = performance.now()
    const {
      output,
      notRun: missing = [],
      ...counts
    } = await check.run().catch((error: unknown) => ({
      passed: 0,
      failed: 1,
      skipped: 0,
      output: error instanceof Error ? (error.stack ?? error.message) : String(error),
      notRun: [],
    }))
    notRun.push(...missing)
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped += counts.skipped
    const mark = counts.failed === 0 ? '✓' : '✗'
    process.stdout.write(`  ${mark} ${check.name}: ${describe(counts)} (${secondsSince(checkStart)})\n`)
    if (counts.failed > 0) process.stdout.write(`\n${output}\n\n`)
  }
}

function describe({ passed, failed, skipped }: Counts): string {
  return [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ')
}

process.stdout.write('Running every check …\n')
await Promise.all(lanes.map(runLane))
process.stdout.write(`  all in ${secondsSince(start)}\n`)
for (const name of notRun) process.stdout.write(`  did not run: ${name}\n`)
// Where nobody watches, a test that did not run is one that nobody misses.
if (process.env['CI'] === 'true' && notRun.length > 0) {
  process.stdout.write(`  CI is true, where every test has to run\n`)
  total.failed += notRun.length
  total.skipped -= notRun.length
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
process.exit(total.failed === 0 ? 0 : 1)
