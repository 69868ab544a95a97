import { spawn } from 'node:child_process'
import { startChild } from '../measure/child-process.ts'
import { makeRow, type Row } from '../rows/row.ts'
import { caller, policies, schema } from './shop.ts'

/** How often all take their turn. */
export interface PoliciesQuestion {
  readonly turns: number
}

/** Milliseconds of one decision, the median of a round. */
export interface PoliciesTimes {
  /** All policies in one set. */
  readonly whole: number
  /** A set for each action. */
  readonly sliced: number
  /** The same two with a schema, against which each request is checked. */
  readonly wholeChecked: number
  readonly slicedChecked: number
  /** The engine itself, with what was parsed before. */
  readonly preparsed: number
  /** The same with a set for each action. */
  readonly preparsedByAction: number
  /** The engine itself, as one call. */
  readonly unparsed: number
}

const FULL = { processes: 7, warmUp: 10, rounds: 1, turns: 20, startRounds: 9, validatedRounds: 9 }
const QUICK = { processes: 1, warmUp: 2, rounds: 7, turns: 1, startRounds: 7, validatedRounds: 3 }

/** What a decision of Cedar takes in this process. */
export async function policiesRows(quick: boolean): Promise<readonly Row[]> {
  const { processes, warmUp, rounds, turns, startRounds, validatedRounds } = quick ? QUICK : FULL
  const measured: PoliciesTimes[] = []
  for (let count = 0; count < processes; count += 1) {
    const child = await startChild(new URL('policies-process.ts', import.meta.url))
    await child.ask({ turns: warmUp } satisfies PoliciesQuestion)
    for (let round = 0; round < rounds; round += 1) {
      measured.push((await child.ask<{ answer: PoliciesTimes }>({ turns } satisfies PoliciesQuestion)).answer)
    }
    await child.stop()
  }
  const group = 'policies'
  const milliseconds = (row: string, name: keyof PoliciesTimes) => ({
    row: `local decision by 200 policies, p50, ${row}`,
    group,
    unit: 'ms',
    ours: measured.map((round) => round[name]),
    scaled: quick,
  })
  const microseconds = (row: string, name: keyof PoliciesTimes) => ({
    ...milliseconds(row, name),
    unit: 'µs',
    ours: measured.map((round) => round[name] * 1_000),
  })
  const peers = {
    'cedar-wasm, preparsed': milliseconds('', 'preparsed').ours,
    'cedar-wasm, one call': milliseconds('', 'unparsed').ours,
  }
  const checksLess = {
    'cedar-wasm, preparsed': 'the engine alone, asked in its own words',
    'cedar-wasm, one call': 'the engine alone, asked in its own words, which parses the policies each time',
  }
  const start = { group, unit: 'ms', note: 'CPU of all threads, the reading of 4 MB of WebAssembly included' }
  return [
    makeRow({ ...milliseconds('in one set', 'whole'), peers, checksLess, target: 1 }),
    makeRow({
      ...microseconds('sliced by action', 'sliced'),
      peers: { 'cedar-wasm, preparsed': microseconds('', 'preparsedByAction').ours },
      checksLess: { 'cedar-wasm, preparsed': 'the engine alone, asked in its own words, with a set for each action' },
      target: 150,
    }),
    makeRow(milliseconds('in one set, checked against a schema', 'wholeChecked')),
    makeRow(microseconds('sliced by action, checked against a schema', 'slicedChecked')),
    makeRow({
      ...start,
      row: 'import and a first decision by 4 policies above bare Node',
      ours: await firstDecisions(startRounds, policies.slice(0, policies.indexOf('@id("action-1/')), undefined),
      target: 200,
    }),
    makeRow({
      ...start,
      row: 'the same by 200 policies, validated by a schema',
      ours: await firstDecisions(validatedRounds, policies, schema),
      scaled: quick,
    }),
  ]
}

/** Milliseconds of CPU above a process that does nothing, each round beside its own. */
async function firstDecisions(
  rounds: number,
  text: string,
  schemaText: string | undefined,
): Promise<readonly number[]> {
  const given = JSON.stringify({ policies: text, schema: schemaText, poolId: caller.poolId })
  const above: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const bare = await cpuOf('', given)
    above.push((await cpuOf(FIRST_DECISION, given)) - bare)
  }
  return above
}

const FIRST_DECISION = `
  import { cedarDecisionPoint, decimal, entity } from '@tokenward/cedar'
  const { policies, schema, poolId } = JSON.parse(process.env.GIVEN)
  const point = cedarDecisionPoint({ policies, schema, namespace: 'Shop' })
  const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/' + poolId
  const principal = { subject: 'u1', issuer, groups: [], scopes: [], claims: { client_id: 'web' } }
  const attributes = async () => ({ owner: entity('User', poolId + '|u1'), total: decimal('12.50') })
  const resource = { type: 'Order', id: '7', parents: [], attributes }
  const { decision } = await point.decide({ principal, action: 'action-0', resource, context: {} })
  if (decision !== 'permit') throw new Error(decision)`
const TELL = 'const { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1000))'

function cpuOf(program: string, given: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', `${program}\n${TELL}`], {
      cwd: HERE,
      env: { ...process.env, GIVEN: given },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.on('close', (exit) => (exit === 0 ? resolve(Number(output)) : reject(new Error(errors.slice(0, 300)))))
  })
}

const HERE = new URL('.', import.meta.url).pathname
