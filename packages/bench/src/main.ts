// Measures everything, shows it, and writes it down. `--quick` shortens what can be shortened; names of groups measure
// those alone, and leave the others as they were written down before.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { type GroupName, groups, isGroupName } from './groups.ts'
import { lineOf } from './report/console.ts'
import type { MeasuredOn, Results } from './results.ts'
import type { Row } from './rows/row.ts'

const RESULTS = new URL('../results.json', import.meta.url)
const ROOT = new URL('../../../', import.meta.url)
const CHARTS = new URL('docs/benchmarks/', ROOT)
/** Where two are measured at a time those that take longest come first, so that neither is left alone in the end. */
const LONGEST: readonly GroupName[] = ['verification', 'whole request', 'policies', 'repeated tokens', 'start']

const options = process.argv.slice(2)
const quick = options.includes('--quick')
const asked = options.filter((option) => option !== '--quick')
const unknown = asked.filter((name) => !isGroupName(name))
if (unknown.length > 0) {
  process.stderr.write(`No such group: ${unknown.join(', ')}. There are: ${Object.keys(groups).join(', ')}.\n`)
  process.exit(2)
}
const names = Object.keys(groups).filter(isGroupName)
const chosen = asked.length === 0 ? names : names.filter((name) => asked.includes(name))

const before: Results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : { measuredOn: {}, rows: [] }
const measuredOn: MeasuredOn = {
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  quick,
}
const rows = await measureAll()
const results: Results = {
  measuredOn: Object.fromEntries(
    names.map((name) => [name, chosen.includes(name) ? measuredOn : before.measuredOn[name]]),
  ),
  rows: names.flatMap((name) => rows.get(name) ?? before.rows.filter(({ group }) => group === name)),
}
await write(results)

const judged = results.rows.filter(({ met, group }) => met !== null && chosen.includes(group as GroupName))
const missed = judged.filter(({ met }) => met === false)
process.stdout.write(`\n${judged.length - missed.length} of ${judged.length} targets are met.`)
process.stdout.write(' * checks less, which packages/bench/results.json explains.\n')
if (missed.length > 0) process.stdout.write(`Not met: ${missed.map(({ row }) => row).join('; ')}\n`)
// Targets are judged by who reads the rows; a figure that is missing is a failure of this program.
process.exit(results.rows.some(({ ours }) => ours === null) ? 1 : 0)

/**
 * One group after the other. Where it must not take long two at a time, and key sets beside them, of which most is waiting.
 * Bytes are the same beside other work, so that they are counted while key sets are waited for.
 */
async function measureAll(): Promise<ReadonlyMap<GroupName, readonly Row[]>> {
  const measured = new Map<GroupName, readonly Row[]>()
  const left = quick ? [...new Set([...LONGEST.filter((name) => chosen.includes(name)), ...chosen])] : [...chosen]
  const take = (name: GroupName) => (left.includes(name) ? left.splice(left.indexOf(name), 1) : [])

  async function measureGroup(name: GroupName): Promise<void> {
    const beside = name === 'key sets' && !quick ? take('memory') : []
    const start = performance.now()
    process.stderr.write(`measuring ${name} …\n`)
    const [found] = await Promise.all([groups[name](quick), ...beside.map(measureGroup)])
    measured.set(name, found)
    const seconds = ((performance.now() - start) / 1_000).toFixed(0)
    process.stdout.write(`\n${name} (${seconds} s)\n${found.map(lineOf).join('\n')}\n`)
  }

  async function measureLeft(): Promise<void> {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await measureGroup(name)
  }

  const lanes = quick ? [...take('key sets').map(measureGroup), measureLeft(), measureLeft()] : [measureLeft()]
  await Promise.all(lanes)
  return measured
}

async function write(all: Results): Promise<void> {
  // What draws takes a while to load, and would keep the first processes waiting.
  const { chartsOf, withAllSections, withCedarSection, withCoreSection, withTestkitSection } =
    await import('./report/documents.ts')
  await writeFile(RESULTS, `${JSON.stringify(all, null, 2)}\n`)
  await mkdir(CHARTS, { recursive: true })
  for (const [name, svg] of chartsOf(all)) await writeFile(new URL(name, CHARTS), svg)
  const documents = {
    'packages/cedar/README.md': withCedarSection,
    'packages/core/README.md': withCoreSection,
    'packages/testkit/README.md': withTestkitSection,
    'docs/benchmarks/README.md': withAllSections,
  }
  for (const [path, withSection] of Object.entries(documents)) {
    const file = new URL(path, ROOT)
    await writeFile(file, withSection(await readFile(file, 'utf8'), all))
  }
}
