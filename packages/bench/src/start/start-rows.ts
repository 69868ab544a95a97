import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRow, type Measured, type Row } from '../rows/row.ts'
import { AUDIENCE, createSigner, ISSUER } from '../tokens.ts'
import { commonJs, esModule, type ProgramName, programs } from './programs.ts'

const names = Object.keys(programs) as ProgramName[]
/** Those that come as CommonJS. */
const ofCommonJs: readonly ProgramName[] = [
  'Tokenward',
  'aws-jwt-verify',
  'fast-jwt',
  'jsonwebtoken',
  'express-oauth2-jwt-bearer',
]
const CHECKS_LESS = {
  'express-oauth2-jwt-bearer': 'import alone: it verifies nothing without a fetch',
  'fast-jwt': 'one key, no key set',
  jsonwebtoken: 'one key, no key set',
}

/** CPU of a new process that imports and verifies one token, above that of one that does neither. */
export async function startRows(quick: boolean): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenward-start-'))
  const file = join(folder, 'given.json')
  const signer = createSigner('RS256')
  const { jwks, publicKey: pem } = signer
  const tokens = { token: signer.token(), tokenOfTypeJwt: signer.token({}, { typ: 'JWT' }) }
  await writeFile(file, JSON.stringify({ ...tokens, jwks, pem, issuer: ISSUER, audience: AUDIENCE }))
  const rounds = quick ? 7 : 15
  const formats = [
    { format: 'ESM', type: 'module', code: esModule, contenders: names },
    { format: 'CJS', type: 'commonjs', code: commonJs, contenders: ofCommonJs },
  ] as const
  const rows: Row[] = []
  for (const { format, type, code, contenders } of formats) {
    const above = await roundsOf(rounds, contenders, (name) => cpuOf(type, code(name), file))
    const { Tokenward: ours, ...peers } = above as Record<ProgramName, Measured>
    const lesser = Object.entries(CHECKS_LESS).filter(([name]) => contenders.includes(name as ProgramName))
    rows.push(
      makeRow({
        row: `import and first verification above bare Node, ${format}`,
        group: 'start',
        unit: 'ms',
        ours,
        peers,
        checksLess: Object.fromEntries(lesser),
        target: 20,
      }),
    )
  }
  await rm(folder, { recursive: true, force: true })
  return rows
}

/** Each round has its own bare process. */
async function roundsOf(
  rounds: number,
  contenders: readonly ProgramName[],
  run: (name?: ProgramName) => Promise<number>,
): Promise<Partial<Record<ProgramName, Measured>>> {
  const above: Partial<Record<ProgramName, number[] | { missing: string }>> = {}
  for (let round = 0; round < rounds; round += 1) {
    const bare = await run()
    for (const name of contenders) {
      const figures = (above[name] ??= [])
      if ('missing' in figures) continue
      try {
        figures.push((await run(name)) - bare)
      } catch (error) {
        above[name] = { missing: String(error) }
      }
    }
  }
  return above
}

const HERE = new URL('.', import.meta.url).pathname

/** Milliseconds, of all threads. */
function cpuOf(type: 'module' | 'commonjs', code: string, given: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`--input-type=${type}`, '-e', code], {
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
