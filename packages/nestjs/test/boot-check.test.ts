import { Controller, Get, type LoggerService, type Type } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  authorizationServer,
  MaxRevocationLag,
  Policy,
  Public,
  RequireGroups,
  RequireScopes,
  TokenwardModule,
  type TokenwardModuleExtras,
} from '../src/index.js'
import { optionsFor, ordersPool } from './support/orders-app.js'

/** An issuer that can be asked nothing. */
const silent = authorizationServer({
  issuer: 'https://auth.example',
  audience: 'https://api.example',
  issuedAtIsEvidence: false,
})

@Controller('c')
class LiveController {
  @Get()
  @MaxRevocationLag('0s')
  live() {
    return 'live'
  }
}

/** Boots an application with one controller, and gives what it logged as ours. */
async function boot(controller: Type, extras: TokenwardModuleExtras & { readonly issuers?: [typeof silent] }) {
  const pool = await ordersPool()
  const lines: string[] = []
  const note = (level: string) => (message: unknown, context?: string) => {
    if (context === 'Tokenward') lines.push(`${level}: ${String(message)}`)
  }
  const logger: LoggerService = { log: note('log'), warn: note('warn'), error: note('error') }
  const module = await Test.createTestingModule({
    imports: [TokenwardModule.forRoot({ ...optionsFor(pool), ...extras })],
    controllers: [controller],
  })
    .setLogger(logger)
    .compile()
  const app = module.createNestApplication()
  onTestFinished(() => app.close())
  await app.init()
  return { lines, pool }
}

describe('a policy that no token can meet', () => {
  it('is named in a warning at boot', async () => {
    const { lines } = await boot(LiveController, { issuers: [silent] })
    expect(lines).toContainEqual(
      expect.stringMatching(/^warn: LiveController\.live demands what no token of the configured issuers can meet/),
    )
  })

  it('stops the boot where routes are strict', async () => {
    await expect(boot(LiveController, { issuers: [silent], strictRoutes: true })).rejects.toThrow(
      'LiveController.live demands what no token of the configured issuers can meet',
    )
  })

  it('is none where an issuer can be asked', async () => {
    const { lines } = await boot(LiveController, { strictRoutes: true })
    expect(lines).toStrictEqual([])
  })
})

describe('logRoutes', () => {
  @Controller('c')
  @RequireScopes(['orders/read'])
  class PlannedController {
    @Get()
    @RequireGroups(['managers', 'auditors'])
    @MaxRevocationLag('30s', { duringOutage: '10m' })
    list() {
      return 'list'
    }

    @Get('any')
    @Policy({ anyScope: ['orders/read', 'orders/write'] })
    any() {
      return 'any'
    }

    @Get('health')
    @Public()
    health() {
      return 'well'
    }
  }

  it('writes what each handler demands, which evidence serves, and what an outage does', async () => {
    const { lines, pool } = await boot(PlannedController, { logRoutes: true })
    const at = `${pool.issuer} (jwt)`
    expect(lines).toStrictEqual([
      `log: PlannedController.list: a valid token; scopes orders/read; one of the groups managers, auditors; maxRevocationLag 30000 ms (600000 ms during an outage); ${at}: local-validation or cached-answer or live-call, relaxed during an outage`,
      `log: PlannedController.any: a valid token; scopes orders/read; one of the scopes orders/read orders/write; maxRevocationLag token-lifetime; ${at}: local-validation, unaffected during an outage`,
      'log: PlannedController.health: public',
    ])
  })

  it('is quiet unless asked', async () => {
    expect((await boot(PlannedController, {})).lines).toStrictEqual([])
  })
})

describe('at boot', () => {
  it('keys are fetched, so that the first request finds them', async () => {
    @Controller('c')
    class EmptyController {}
    const { pool } = await boot(EmptyController, {})
    expect(pool.jwks.hits).toBe(1)
  })

  it('an application starts that could fetch nothing, and says so', async () => {
    const { lines } = await boot(LiveController, { issuers: [silent] })
    expect(lines).toContainEqual(
      expect.stringMatching(/^warn: The application starts without what it should have fetched: .*auth\.example/),
    )
  })
})
