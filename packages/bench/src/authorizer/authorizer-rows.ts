import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fakeCognito } from '@tokenward/testkit'
import { build } from 'esbuild'
import { median } from '../measure/statistics.ts'
import { makeRow, type Row } from '../rows/row.ts'
import { type AuthorizerName, installed, moduleOf, programs, RUNTIME } from './programs.ts'

const PEER = 'aws-jwt-verify'
const names = Object.keys(programs) as AuthorizerName[]
const HERE = new URL('.', import.meta.url).pathname
const CHECKS_LESS = { [PEER]: 'reads no groups, says no evidence, and has one answer for a bad token and an outage' }

interface Figures {
  readonly init: number[]
  readonly first: number[]
}

/** What a Lambda authorizer costs when its function starts: CPU of new processes, and bytes. */
export async function authorizerRows(quick: boolean): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenward-authorizer-'))
  try {
    const given = join(folder, 'given.json')
    await writeFile(given, JSON.stringify(await whatIsGiven()))
    const bundles = await bundlesIn(folder)
    const forms = [
      { form: 'as installed', fileOf: await installedIn(folder) },
      { form: 'bundled', fileOf: (name: AuthorizerName) => bundles[name].file },
    ]
    const rows = [sizeRow(bundles)]
    for (const { form, fileOf } of forms) {
      const figures = await measure(quick ? 7 : 25, fileOf, given)
      const both = ({ init, first }: Figures) => init.map((value, round) => value + (first[round] as number))
      rows.push(
        rowOf(`init of an authorizer, ${form}`, figures, ({ init }) => init),
        rowOf(`first request to an authorizer, ${form}`, figures, ({ first }) => first),
        rowOf(`init and first request, ${form}`, figures, both),
      )
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A token of a fake pool, an event with it, and the keys as each takes them. */
async function whatIsGiven(): Promise<object> {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
  const { userPoolId, issuer } = pool
  const jwks: unknown = await (await pool.fetch(`${issuer}/.well-known/jwks.json`)).json()
  const token = await pool.accessToken({ sub: 'u1', scopes: ['orders/read'] })
  await pool.close()
  return {
    userPoolId,
    jwks,
    snapshot: { keySets: [{ issuer, fetchedAt: Date.now(), jwks }] },
    event: {
      version: '2.0',
      type: 'REQUEST',
      routeArn: 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/GET/orders',
      routeKey: 'GET /orders',
      rawPath: '/orders',
      rawQueryString: '',
      headers: { accept: '*/*', authorization: `Bearer ${token}` },
      requestContext: { http: { method: 'GET' } },
    },
  }
}

type Bundles = Readonly<Record<AuthorizerName, { readonly file: string; readonly kilobytes: number }>>

/** Minified for Node, in CommonJS, as the constructs of CDK and SAM bundle functions. */
async function bundlesIn(folder: string): Promise<Bundles> {
  const bundled = names.map(async (name) => {
    const { outputFiles } = await build({
      stdin: { contents: moduleOf(name), resolveDir: HERE },
      bundle: true,
      write: false,
      minify: true,
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      logLevel: 'silent',
      tsconfigRaw: {},
    })
    const contents = outputFiles[0]?.contents ?? new Uint8Array()
    const file = join(folder, `${name}.cjs`)
    await writeFile(file, contents)
    return [name, { file, kilobytes: gzipSync(contents, { level: 9 }).length / 1_000 }] as const
  })
  return Object.fromEntries(await Promise.all(bundled)) as unknown as Bundles
}

/** Functions that find their packages where this one does. */
async function installedIn(folder: string): Promise<(name: AuthorizerName) => string> {
  const load = `const load = require("node:module").createRequire(${JSON.stringify(HERE)});`
  for (const name of names) {
    await writeFile(join(folder, `installed-${name}.cjs`), `${load} ${installed(name)}`)
  }
  return (name) => join(folder, `installed-${name}.cjs`)
}

/** In turns, so that whatever else the machine does falls on both. */
async function measure(
  rounds: number,
  fileOf: (name: AuthorizerName) => string,
  given: string,
): Promise<ReadonlyMap<AuthorizerName, Figures>> {
  const all = new Map(names.map((name): [AuthorizerName, Figures] => [name, { init: [], first: [] }]))
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { init, first } = await startOf(fileOf(name), given)
      all.get(name)?.init.push(init)
      all.get(name)?.first.push(first)
    }
  }
  return all
}

function startOf(file: string, given: string): Promise<{ readonly init: number; readonly first: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=commonjs', '-e', RUNTIME], {
      env: { ...process.env, GIVEN: given, FUNCTION: file },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(errors.slice(0, 300)))))
  })
}

function sizeRow(bundles: Bundles): Row {
  const sizes = (name: AuthorizerName) => Array.from({ length: 7 }, () => bundles[name].kilobytes)
  return makeRow({
    row: 'bundle of an authorizer, minified + gzip',
    group: 'authorizer',
    unit: 'kB',
    ours: sizes('Tokenward'),
    peers: { [PEER]: sizes(PEER) },
    checksLess: CHECKS_LESS,
  })
}

/** The target is to be ahead of the peer, in this very run. */
function rowOf(
  row: string,
  figures: ReadonlyMap<AuthorizerName, Figures>,
  pick: (figures: Figures) => readonly number[],
): Row {
  const [ours, peer] = names.map((name) => pick(figures.get(name) as Figures)) as [readonly number[], readonly number[]]
  return makeRow({
    row,
    group: 'authorizer',
    unit: 'ms',
    ours,
    peers: { [PEER]: peer },
    checksLess: CHECKS_LESS,
    target: Number(median(peer).toPrecision(3)),
  })
}
