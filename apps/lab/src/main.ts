import { POLL_MS } from './measurements/revocation-lag.ts'
import { COLUMNS } from './report/columns.ts'
import { consoleTable } from './report/console-table.ts'
import { explanationsOf } from './report/explanations.ts'
import { thisMachine } from './report/machine.ts'
import type { LabResults } from './report/results.ts'
import { latencyOf, summaryOf } from './report/summary.ts'
import { writeReport } from './report/write-report.ts'
import { measureUnprotected, runLab } from './run-lab.ts'
import { problemsOf } from './self-check.ts'
import { oidcProvider } from './servers/oidc-provider.ts'
import { cognitoAtOnce, cognitoWithin, ownLogout, untilExpiry } from './settings/cognito-settings.ts'
import { introspectionWithin } from './settings/opaque-settings.ts'

// The whole lab. What it measures is compared with what is declared; only what holds is written down.
const workload = { requests: 600, perSecond: 200, tokens: 50 }
const outage = { down: 3_000, after: 1_500, everyMs: 250, tokens: 10 }
const measured = await runLab({
  settings: [
    untilExpiry(5),
    ownLogout,
    cognitoWithin(2),
    cognitoAtOnce,
    introspectionWithin(2, oidcProvider),
    introspectionWithin(0, oidcProvider),
  ],
  workload,
  trials: 30,
  outage,
  onProgress: (part) => write(`  ${part} …`),
})
write('  load: no protection …')
const unprotected = latencyOf(await measureUnprotected(workload))

const results: LabResults = {
  machine: thisMachine(),
  node: process.versions.node,
  date: new Date().toISOString(),
  workload,
  pollMs: POLL_MS,
  outageMs: outage.down,
  clockToleranceMs: 0,
  unprotected,
  settings: measured.map(summaryOf),
}
write()
write(consoleTable(COLUMNS, results.settings))
write()
for (const explanation of explanationsOf(results)) write(`  ${explanation.replaceAll('`', '')}`)
write()

const problems = measured.flatMap((setting) => problemsOf(setting, workload))
for (const problem of problems) write(`  ✗ ${problem}`)
if (problems.length > 0) process.exitCode = 1
else {
  await writeReport(results)
  write('  Every bound held. Written: README.md, apps/lab/results.json, apps/lab/results.html')
}

function write(text = ''): void {
  process.stdout.write(`${text}\n`)
}
