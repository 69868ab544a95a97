import { Catch, ConsoleLogger, type ExceptionFilter } from '@nestjs/common'
import { Query, Resolver } from '@nestjs/graphql'
import { CurrentPrincipal, Policy, type Principal } from '@tokenward/nestjs'
import { GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { startApp } from './support/app.js'
import { drivers, query, subscribe } from './support/graphql-app.js'
import { poolAndOptions } from './support/pool.js'

@Resolver()
class WhoResolver {
  @Query(() => String)
  whoami(@CurrentPrincipal() caller: Principal): string {
    return caller.subject
  }
}

const [apollo, mercurius] = drivers as [(typeof drivers)[number], (typeof drivers)[number]]

describe('the context of GraphQL', () => {
  it('that Mercurius would share between requests stops the boot', async () => {
    const { options } = await poolAndOptions()
    const starting = startApp({
      options,
      adapter: mercurius.platform,
      imports: [mercurius.module({ context: { tenant: 'acme' } })],
      providers: [WhoResolver],
    })
    await expect(starting).rejects.toThrow('GraphQLModule.context is one object for all requests; make it a function')
  })

  it('may be one object with Apollo, which copies it', async () => {
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({
      options,
      imports: [apollo.module({ context: { tenant: 'acme' } })],
      providers: [WhoResolver],
    })
    for (const sub of ['u1', 'u2']) {
      expect((await query(url, '{ whoami }', await pool.accessToken({ sub }))).data).toStrictEqual({ whoami: sub })
    }
  })

  it('that a function hands out twice is refused the second time', async () => {
    const { pool, options } = await poolAndOptions()
    const shared = {}
    const { url } = await startApp({
      options,
      adapter: mercurius.platform,
      imports: [mercurius.module({ context: () => shared })],
      providers: [WhoResolver],
    })
    expect((await query(url, '{ whoami }', await pool.accessToken({ sub: 'admin' }))).data).toStrictEqual({
      whoami: 'admin',
    })
    const { data, errors } = await query(url, '{ whoami }')
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ message: expect.stringContaining('meets two requests in one GraphQL context') }])
  })

  it('of the application may hold the request under its usual names', async () => {
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({
      options,
      imports: [
        apollo.module({ context: ({ req, res }: { req: object; res: object }) => ({ req, res, tenant: 'acme' }) }),
      ],
      providers: [WhoResolver],
    })
    expect((await query(url, '{ whoami }', await pool.accessToken({ sub: 'u1' }))).data).toStrictEqual({ whoami: 'u1' })
    expect((await query(url, '{ whoami }')).headers.get('www-authenticate')).toBe('Bearer realm="orders"')
  })
})

describe.each(drivers)('with $name', (driver) => {
  it('each resolver names its issuers: two pools in one schema', async () => {
    const [staff, customers] = [await poolAndOptions(), await poolAndOptions()]
    @Resolver()
    class TwoPoolsResolver {
      @Query(() => String)
      @Policy({ issuers: [staff.pool.issuer] })
      ofStaff(@CurrentPrincipal() caller: Principal): string {
        return caller.issuer
      }

      @Query(() => String)
      @Policy({ issuers: [customers.pool.issuer] })
      ofCustomers(@CurrentPrincipal() caller: Principal): string {
        return caller.issuer
      }

      @Query(() => String)
      ofAnybody(@CurrentPrincipal() caller: Principal): string {
        return caller.issuer
      }
    }
    const { url } = await startApp({
      options: {
        ...staff.options,
        issuers: [...staff.options.issuers, ...customers.options.issuers],
        fetch: (address, init) =>
          (String(address).includes(staff.pool.userPoolId) ? staff.pool : customers.pool).fetch(address, init),
      },
      adapter: driver.platform,
      imports: [driver.module()],
      providers: [TwoPoolsResolver],
    })
    const token = await staff.pool.accessToken()
    const { issuer } = staff.pool
    expect((await query(url, '{ ofStaff ofAnybody }', token)).data).toStrictEqual({
      ofStaff: issuer,
      ofAnybody: issuer,
    })
    expect((await query(url, '{ ofCustomers }', token)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })

  it('two tokens on one connection are one too many', async () => {
    const { pool, options } = await poolAndOptions()
    const { url } = await startApp({
      options,
      adapter: driver.platform,
      imports: [driver.module()],
      providers: [WhoResolver],
    })
    const [one, two] = [`Bearer ${await pool.accessToken()}`, `Bearer ${await pool.accessToken()}`]
    const asked = subscribe(url, '{ whoami }', { authorization: one, Authorization: two })
    expect(await asked.ended).toMatchObject([{ extensions: { code: 'BAD_REQUEST', error: 'invalid_request' } }])
  })
})

describe('a refused operation', () => {
  class Log extends ConsoleLogger {
    readonly lines: unknown[] = []
    override error(...parts: unknown[]) {
      this.lines.push(parts[0])
    }
    override log() {}
    override warn() {}
  }

  it.each(drivers)('is no failure to log, with $name', async (driver) => {
    const logger = new Log()
    const { options } = await poolAndOptions()
    const { url } = await startApp({
      options,
      adapter: driver.platform,
      imports: [driver.module()],
      providers: [WhoResolver],
      logger,
    })
    expect((await query(url, '{ whoami }')).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect(logger.lines).toStrictEqual([])
  })

  it('goes to a filter of the application first', async () => {
    @Catch(GraphQLError)
    class OwnFilter implements ExceptionFilter<GraphQLError> {
      catch({ extensions }: GraphQLError) {
        return new GraphQLError('Not you', { extensions: { own: extensions['code'] } })
      }
    }
    const { options } = await poolAndOptions()
    const { url } = await startApp({
      options,
      imports: [apollo.module()],
      providers: [WhoResolver],
      prepare: (app) => app.useGlobalFilters(new OwnFilter()),
    })
    expect((await query(url, '{ whoami }')).errors).toMatchObject([
      { message: 'Not you', extensions: { own: 'UNAUTHENTICATED' } },
    ])
  })
})
