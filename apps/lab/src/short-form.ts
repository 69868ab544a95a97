import { shortColumns } from './report/columns.ts'
import { consoleTable } from './report/console-table.ts'
import { summaryOf } from './report/summary.ts'
import { runLab } from './run-lab.ts'
import { problemsOf } from './self-check.ts'
import { fakeServer } from './servers/fake-authorization-server.ts'
import { cognitoAtOnce, cognitoWithin, ownLogout, untilExpiry } from './settings/cognito-settings.ts'
import { introspectionWithin } from './settings/opaque-settings.ts'

// The lab in a few seconds, for the end of the demo: fewer requests, fewer revocations, no outage, the testkit alone.
const workload = { requests: 40, perSecond: 150, tokens: 10 }
const trials = 10
const measured = await runLab({
  settings: [untilExpiry(2), ownLogout, introspectionWithin(0, fakeServer), cognitoAtOnce, cognitoWithin(1)],
  workload,
  trials,
  inAHurry: true,
})
const problems = measured.flatMap((setting) => problemsOf(setting, workload))

const lines = [
  `What a maxRevocationLag costs, and what it gives: ${trials} tokens revoked in each setting, measured beside the walk-through`,
  "Loopback, the testkit's servers, tokens of 2 s, clockTolerance 0s; `npm run lab` measures properly, outages included",
  '',
  consoleTable(shortColumns(workload), measured.map(summaryOf)),
  '',
  ...problems.map((problem) => `✗ ${problem}`),
  problems.length === 0 ? 'Every bound held.' : 'That is not what was declared.',
]
process.stdout.write(`${lines.map((line) => (line === '' || line.startsWith('  ') ? line : `  ${line}`)).join('\n')}\n`)
if (problems.length > 0) process.exitCode = 1
