// Measures everything, shows it, writes it down, and fails when something costs more than it may. With the argument
// `testkit` it measures that alone, and takes the rest as it was written down before.
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { costTables, withCostSection } from './cost-section.ts'
import { engineCost } from './engine/engine-cost.ts'
import { introspectionCost } from './introspection/introspection-cost.ts'
import { floodCost, memoryCost } from './memory/memory-cost.ts'
import { isMet, type MeasuredOn, type Results, targetsOf } from './results.ts'
import { testkitCost } from './testkit/testkit-cost.ts'
import { testkitTable, withTestkitSection } from './testkit-section.ts'
import { validationCost } from './validation/validation-cost.ts'

const RESULTS = new URL('../results.json', import.meta.url)
const README = new URL('../../core/README.md', import.meta.url)

const TESTKIT_README = new URL('../../testkit/README.md', import.meta.url)

const measuredOn: MeasuredOn = {
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
}

const results = rounded({
  ...(process.argv.includes('testkit') ? writtenBefore() : await measureCore()),
  testkit: { measuredOn, ...(await step('the testkit', testkitCost)) },
} satisfies Results)

process.stdout.write(`\n${costTables(results)}\n${testkitTable(results)}\n`)
await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`)
await writeFile(README, withCostSection(await readFile(README, 'utf8'), results))
await writeFile(TESTKIT_README, withTestkitSection(await readFile(TESTKIT_README, 'utf8'), results))

for (const target of targetsOf(results)) {
  const mark = isMet(target) ? '✓' : '✗'
  process.stdout.write(`${mark} ${target.name}: ${target.measured.toFixed(2)}, at most ${target.limit.toFixed(2)}\n`)
}
process.exit(targetsOf(results).every(isMet) ? 0 : 1)

function writtenBefore(): Results {
  return JSON.parse(readFileSync(RESULTS, 'utf8')) as Results
}

async function measureCore() {
  return {
    measuredOn,
    introspection: await step('introspection', introspectionCost),
    engine: await step('what the engine adds', engineCost),
    validation: {
      RS256: await step('validation, RS256', () => validationCost('RS256')),
      ES256: await step('validation, ES256', () => validationCost('ES256')),
    },
    flood: await step('made-up tokens', floodCost),
    memory: await step('memory', memoryCost),
  }
}

async function step<Result>(name: string, measure: () => Promise<Result>): Promise<Result> {
  const start = performance.now()
  process.stdout.write(`Measuring ${name} …`)
  const result = await measure()
  process.stdout.write(` ${((performance.now() - start) / 1_000).toFixed(0)} s\n`)
  return result
}

/** Digits beyond these say nothing. */
function rounded<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) => {
    return typeof part === 'number' ? Math.round(part * 1_000) / 1_000 : part
  }) as Value
}
