// A process that meets the testkit for the first time: when the first pool is there, when the next ones are, and how fast
// tokens are signed. It signs with jose, too, in turns: a library that has nothing to remember about a token.
import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { SignJWT } from 'jose'
import type { MintingRound, Readiness } from './testkit-rows.ts'

const POOLS = process.argv[2] === 'quick' ? 1 : 8
/** As long as a short test takes, in which the keys for the next one are made. */
const TEST_MS = 250

const importing = performance.now()
const { fakeCognito } = await import('@tokenward/testkit')
const imported = performance.now()
const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read'] } })
const first = performance.now() - imported
const ready: Readiness = {
  importing: imported - importing,
  first,
  later: await timesOfPools(() => pause(TEST_MS)),
  inARow: await timesOfPools(async () => {}),
}
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

process.on('message', ({ tokens }: { readonly tokens: number }) => {
  void mint(tokens).then((answer) => process.send?.({ answer }))
})
process.on('disconnect', () => process.exit())
process.send?.(ready)

async function timesOfPools(before: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let count = 0; count < POOLS; count += 1) {
    await before()
    const start = performance.now()
    const { close } = await fakeCognito()
    times.push(performance.now() - start)
    await close()
  }
  return times
}

async function mint(tokens: number): Promise<MintingRound> {
  const request = { sub: 'u1', scopes: ['orders/read'], groups: ['staff'] } as const
  return {
    testkit: await measured(tokens, () => pool.accessToken(request)),
    jose: await measured(tokens, () =>
      new SignJWT({ client_id: 'web', scope: 'orders/read' })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer('https://issuer.example')
        .setSubject('u1')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    ),
  }
}

/** All at once, as a test sets up what it needs. */
async function measured(tokens: number, make: () => Promise<string>) {
  const [start, cpuStart] = [performance.now(), process.cpuUsage()]
  await Promise.all(Array.from({ length: tokens }, make))
  const { user, system } = process.cpuUsage(cpuStart)
  return { thousand: ((performance.now() - start) / tokens) * 1_000, cpu: (user + system) / tokens }
}
