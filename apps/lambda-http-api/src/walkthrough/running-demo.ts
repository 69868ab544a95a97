import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { fakeCognito } from '@tokenward/testkit'
import { cognitoUserPool, createResourceServer, writeJwksSnapshot } from '@tokenward/lambda'

/** The HTTP API on an emulator of API Gateway in a process of its own, and a fake user pool in this one. */
export interface RunningDemo {
  readonly apiUrl: string
  readonly cognitoUrl: string
  readonly pool: Awaited<ReturnType<typeof demoPool>>
  /** Fetches of the key set since the deployment, which had written it down. */
  keyFetches(): number
  /** Whether the functions have logged that reason since the last time; waits for it a little. */
  hasLogged(reason: string): Promise<boolean>
  close(): Promise<void>
}

const demoPool = () => fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })
const appFolder = fileURLToPath(new URL('../..', import.meta.url))

export async function startDemo(): Promise<RunningDemo> {
  const pool = await demoPool()
  const cognito = await pool.serve()
  const folder = await mkdtemp(join(tmpdir(), 'tokenward-lambda-'))
  const keysFile = join(folder, 'keys.json')
  await writeKeys(pool, cognito.url, keysFile)
  const fetchedAtDeployment = pool.jwks.hits
  const [httpPort, lambdaPort] = await Promise.all([freePort(), freePort()])
  const osls = join(dirname(createRequire(import.meta.url).resolve('serverless/package.json')), 'bin/serverless.js')
  const ports = ['--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)]
  const emulator = spawn(process.execPath, [osls, 'offline', '--noSponsor', '--host', '127.0.0.1', ...ports], {
    cwd: appFolder,
    env: {
      ...process.env,
      USER_POOL_ID: pool.userPoolId,
      CLIENT_ID: pool.clientId,
      COGNITO_ENDPOINT: cognito.url,
      KEYS_FILE: keysFile,
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
    },
  })
  // However this process ends, the other must not stay.
  process.on('exit', () => emulator.kill('SIGKILL'))
  const output: string[] = []
  const reasons: string[] = []
  for (const stream of [emulator.stdout, emulator.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line)
      const reason = /"tokenward":.*"reason":"([a-z-]+)"/.exec(line)?.[1]
      if (reason !== undefined) reasons.push(reason)
    })
  }
  const ended = new Promise<'ended'>((resolve) => void emulator.on('close', () => resolve('ended')))
  const apiUrl = `http://127.0.0.1:${httpPort}`

  async function close() {
    emulator.kill('SIGKILL')
    await ended
    await pool.close()
    await rm(folder, { recursive: true })
  }

  if ((await Promise.race([answers(`${apiUrl}/health`), ended])) === 'ended') {
    await close()
    throw new Error(`The emulator ended:\n${output.join('\n')}`)
  }
  return {
    apiUrl,
    cognitoUrl: cognito.url,
    pool,
    keyFetches: () => pool.jwks.hits - fetchedAtDeployment,
    async hasLogged(reason) {
      // What a function writes takes its way through two processes.
      for (let turns = 0; turns < 40 && !reasons.includes(reason); turns += 1) await pause(50)
      return reasons.splice(0).includes(reason)
    },
    close,
  }
}

/** What a deployment does before it packs the functions. */
async function writeKeys(pool: RunningDemo['pool'], endpoint: string, file: string): Promise<void> {
  const { userPoolId, clientId } = pool
  const issuer = cognitoUserPool({ userPoolId, clientId, endpoint, allowInsecureLoopback: true })
  const api = createResourceServer({ issuers: [issuer] })
  await writeJwksSnapshot(api, file)
  await api.close()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answers(url: string): Promise<'answers'> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return 'answers'
    await pause(100)
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
