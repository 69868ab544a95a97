import type { Spread } from './measure/statistics.ts'
import { betweenMarkers, table } from './readme.ts'
import { isMet, type Results } from './results.ts'
import type { TestkitCost } from './testkit/testkit-cost.ts'
import { type TestkitPromise, testkitPromises, testkitTargets } from './testkit/testkit-targets.ts'

/** Puts the figures of the testkit where the markers of its README are. */
export function withTestkitSection(readme: string, results: Results): string {
  return betweenMarkers(readme, testkitTable(results))
}

export function testkitTable({ testkit }: Results): string {
  const { date, node, cpu, cores } = testkit.measuredOn
  const rows = [
    row('importing', testkit.importing, 'ms', ''),
    row('the first pool of a process', testkit.first, 'ms', promised(testkit, 'first')),
    row('a pool for each test, where a test takes 250 ms', testkit.later, 'ms', promised(testkit, 'later')),
    row('pools in a row, for each of which a key is made', testkit.inARow, 'ms', promised(testkit, 'inARow')),
    row('tokens signed in a second, 1,000 at once', testkit.perSecond, '', promised(testkit, 'perSecond')),
    row('CPU for one token, all threads', testkit.cpu, 'µs', promised(testkit, 'cpu')),
  ]
  return (
    `By the clock unless it says CPU: medians, and what lies between a tenth and nine tenths of the measurements; ${date}, ` +
    `Node ${node}, ${cores} × ${cpu}, shared with other work. A token takes ${testkit.ratioToJose.toFixed(2)} times the CPU ` +
    `that \`SignJWT\` of jose takes in the same turn.\n\n${table(['', 'median', '10 % to 90 %', 'promised of the median'], rows)}\n`
  )
}

function row(name: string, { median, p10, p90 }: Spread, unit: string, promise: string): readonly string[] {
  return [name, `${whole(median)} ${unit}`.trim(), `${whole(p10)} to ${whole(p90)}`, promise]
}

/** A promise that is not kept says so. */
function promised(cost: TestkitCost, of: TestkitPromise): string {
  const promise = `at ${of === 'perSecond' ? 'least' : 'most'} ${whole(testkitPromises[of])}`
  return isMet(testkitTargets(cost)[of]) ? promise : `${promise}: not met`
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
