import { type Principal, RESOURCE_SERVER, revocationEntryFor } from '@tokenward/nestjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { startApp } from './support/app.js'
import { drivers, events, type GraphqlDriver, OrdersResolver, query, subscribe } from './support/graphql-app.js'
import { poolAndOptions } from './support/pool.js'
import { untilEndOfFile } from './support/until-end-of-file.js'

const live = 'aws.cognito.signin.user.admin'
const reader = { sub: 'u1', scopes: ['orders/read', live] } as const

async function start(driver: GraphqlDriver, until: ReturnType<typeof untilEndOfFile>) {
  const { options, ...rest } = await poolAndOptions(until)
  const app = await startApp({
    options,
    adapter: driver.platform,
    imports: [driver.module()],
    providers: [OrdersResolver],
    until,
  })
  return { ...rest, ...app }
}

describe.each(drivers)('GraphQL with $name', (driver) => {
  const until = untilEndOfFile()
  let running: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    running = await start(driver, until)
  })

  it('lets in what the resolver demands, and knows its caller', async () => {
    const { url, pool } = running
    const token = await pool.accessToken(reader)
    expect(await query(url, '{ orders { id } whoami }', token)).toMatchObject({
      status: 200,
      data: { orders: [{ id: '1' }, { id: '2' }], whoami: 'u1' },
    })
    expect((await query(url, '{ health }')).data).toStrictEqual({ health: 'ok' })
  })

  it('answers with an error that has the challenge, and sends that as a header, too', async () => {
    const { url, reasons } = running
    const { headers, errors } = await query(url, '{ orders { id } }')
    expect(errors).toMatchObject([
      {
        message: expect.any(String),
        extensions: { code: 'UNAUTHENTICATED', statusCode: 401, challenge: 'Bearer realm="orders"' },
      },
    ])
    expect(headers.get('www-authenticate')).toBe('Bearer realm="orders"')
    expect(reasons().at(-1)).toBe('no-credentials')
    expect(JSON.stringify(errors)).not.toContain('no-credentials')
  })

  it('has a code for each kind of answer', async () => {
    const { url, pool } = running
    const forged = await query(url, '{ whoami }', await pool.forged.wrongKey(reader))
    expect(forged.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', error: 'invalid_token' } }])
    const missing = await query(url, 'mutation { remove(id: "1") }', await pool.accessToken(reader))
    expect(missing.errors).toMatchObject([
      {
        extensions: {
          code: 'FORBIDDEN',
          error: 'insufficient_scope',
          challenge: expect.stringContaining('scope="orders/write"'),
        },
      },
    ])
    await pool.rotateKeys()
    pool.jwks.fail()
    const unavailable = await query(url, '{ whoami }', await pool.accessToken(reader))
    expect(unavailable.errors).toMatchObject([
      { extensions: { code: 'SERVICE_UNAVAILABLE', statusCode: 503, retryAfter: 1 } },
    ])
    expect(unavailable.headers.get('retry-after')).toBe('1')
    pool.jwks.recover()
    pool.clock.advance('2s')
  })

  it('presents a token once for all resolvers of an operation, and decides each policy once', async () => {
    const { url, pool, events: seen } = running
    const token = await pool.accessToken({ ...reader, groups: ['accountants'] })
    const before = seen.length
    const { data } = await query(url, '{ orders { id margin } whoami }', token)
    expect(data).toMatchObject({ orders: [{ margin: 'margin of 1 for u1' }, { margin: 'margin of 2 for u1' }] })
    const routes = seen.slice(before).flatMap((event) => (event.type === 'request-granted' ? [event.route] : []))
    expect(routes.toSorted()).toStrictEqual(['OrdersResolver.margin', 'OrdersResolver.orders', 'OrdersResolver.whoami'])
  })

  it('guards fields', async () => {
    const { url, pool } = running
    const { errors } = await query(url, '{ orders { margin } }', await pool.accessToken(reader))
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })

  it('asks the authorization server where the lag is 0s', async () => {
    const { url, pool } = running
    const token = await pool.accessToken({ scopes: ['orders/write', live] })
    const remove = async () => query(url, 'mutation { remove(id: "1") }', token)
    expect((await remove()).data).toStrictEqual({ remove: '1 removed on live-call' })
    pool.clock.advance('1m')
    await pool.revoke(token)
    expect((await remove()).errors).toMatchObject([{ extensions: { error: 'invalid_token' } }])
  })

  it('keeps the callers of operations apart that run at once', async () => {
    const { url, pool } = running
    const names = Array.from({ length: 20 }, (_, index) => `u${index}`)
    const answers = await Promise.all(
      names.map(async (sub) => query(url, '{ whoami }', await pool.accessToken({ sub }))),
    )
    expect(answers.map(({ data }) => data?.['whoami'])).toStrictEqual(names)
  })

  it('takes the token of a subscription from the parameters of its connection', async () => {
    const { url, pool } = running
    const refused = subscribe(url, 'subscription { ticks }', {})
    expect(await refused.ended).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    const token = await pool.accessToken(reader)
    const subscribed = subscribe(url, 'subscription { ticks }', { Authorization: `Bearer ${token}` })
    await expect.poll(() => events.listeners).toBe(1)
    events.emit(1)
    await expect.poll(() => subscribed.received).toStrictEqual([{ ticks: 1 }])
    subscribed.stop()
    await expect.poll(() => events.listeners).toBe(0)
  })

  it('runs queries over that connection, too', async () => {
    const { url, pool } = running
    const asked = subscribe(url, '{ whoami }', { authorization: `Bearer ${await pool.accessToken({ sub: 'u7' })}` })
    expect(await asked.ended).toBe('complete')
    expect(asked.received).toStrictEqual([{ whoami: 'u7' }])
  })

  it('ends a subscription when its token expires, be it silent', async () => {
    const { url, pool } = running
    const token = await pool.accessToken({ ...reader, expiresIn: '3s' })
    const subscribed = subscribe(url, 'subscription { ticks }', { authorization: `Bearer ${token}` })
    await expect.poll(() => events.listeners).toBe(1)
    expect(await subscribed.ended).toMatchObject([
      { message: 'The access token expired', extensions: { code: 'UNAUTHENTICATED', error: 'invalid_token' } },
    ])
    await expect.poll(() => events.listeners).toBe(0)
  })

  it('ends a subscription at once when its login is revoked', async () => {
    const { url, pool, app, revocationList } = running
    const token = await pool.accessToken(reader)
    const subscribed = subscribe(url, 'subscription { ticks }', { authorization: `Bearer ${token}` })
    await expect.poll(() => events.listeners).toBe(1)
    const principal: Principal = await app.get(RESOURCE_SERVER).verify(token)
    await revocationList.add(revocationEntryFor(principal, 'login'))
    expect(await subscribed.ended).toMatchObject([{ extensions: { error: 'invalid_token' } }])
    await expect.poll(() => events.listeners).toBe(0)
  })

  it('asks before each event where the lag is 0s', async () => {
    const { url, pool } = running
    const token = await pool.accessToken(reader)
    const subscribed = subscribe(url, 'subscription { guardedTicks }', { authorization: `Bearer ${token}` })
    await expect.poll(() => events.listeners).toBe(1)
    const { hits } = pool.getUser
    events.emit(11)
    await expect.poll(() => subscribed.received).toStrictEqual([{ guardedTicks: 11 }])
    expect(pool.getUser.hits).toBe(hits + 1)
    pool.clock.advance('1m')
    await pool.revoke(token)
    events.emit(12)
    expect(await subscribed.ended).toMatchObject([{ extensions: { error: 'invalid_token' } }])
    expect(subscribed.received).toStrictEqual([{ guardedTicks: 11 }])
  })

  it('does not start where a field demands something and guards of fields are off', async () => {
    const { options } = await poolAndOptions()
    const starting = startApp({
      options,
      adapter: driver.platform,
      imports: [driver.module({ fieldResolverEnhancers: [] })],
      providers: [OrdersResolver],
    })
    await expect(starting).rejects.toThrow(
      "OrdersResolver.margin demands scopes, groups or a caller, but no guard enforces them: NestJS calls none for fields: set fieldResolverEnhancers: ['guards']",
    )
  })
})
