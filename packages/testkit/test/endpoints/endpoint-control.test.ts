import { describe, expect, it } from 'vitest'
import { fakeAuthorizationServer, fakeCognito } from '../../src/index.js'
import { form } from '../support/doors.js'

describe('an endpoint', () => {
  it('records what reached it, with the time of the fake', async () => {
    const server = await fakeAuthorizationServer()
    server.clock.advance('1h')
    await server.fetch(server.introspection.url, form({ token: 'abc' }, { 'X-Trace': '1' }))
    const [request] = server.introspection.requests
    expect(request).toMatchObject({ method: 'POST', url: `${server.issuer}/introspect`, body: 'token=abc' })
    expect(request?.headers).toMatchObject({ 'x-trace': '1' })
    expect((request?.at as number) - Date.now()).toBeGreaterThan(3_590_000)
  })

  it('remembers the last thousand, and counts all', async () => {
    const pool = await fakeCognito()
    for (let i = 0; i < 1_003; i++) await pool.fetch(`${pool.jwks.url}?${i}`)
    expect(pool.jwks.hits).toBe(1_003)
    expect(pool.jwks.requests).toHaveLength(1_000)
    expect(pool.jwks.requests[0]?.url).toMatch(/\?3$/)
  })

  it('counts requests that faults meet, and no other endpoint counts them', async () => {
    const server = await fakeAuthorizationServer()
    server.jwks.fail()
    server.introspection.hang({ times: 1 })
    void server.fetch(server.introspection.url, form({ token: 'x' })).catch(() => {})
    await server.fetch(server.jwks.url)
    await expect.poll(() => server.introspection.hits).toBe(1)
    expect([server.jwks.hits, server.revocation.hits, server.metadata.hits]).toStrictEqual([1, 0, 0])
    await server.close()
  })

  it.each<[string, (now: number) => Date | '5s']>([
    ['a duration from now', () => '5s'],
    ['an instant', (now) => new Date(now + 5_000)],
  ])('ends a fault by the clock of the fake: %s', async (_, until) => {
    const pool = await fakeCognito()
    pool.clock.advance('1h')
    pool.jwks.fail({ until: until(pool.clock.now()) })
    const status = async () => (await pool.fetch(pool.jwks.url)).status
    expect(await status()).toBe(503)
    pool.clock.advance('4s')
    expect(await status()).toBe(503)
    pool.clock.advance('1s')
    expect(await status()).toBe(200)
    pool.jwks.fail()
    expect(await status()).toBe(503)
  })

  it('has one fault at a time: a new one takes the place of the one before', async () => {
    const pool = await fakeCognito()
    pool.jwks.fail({ status: 500 })
    pool.jwks.throttle({ times: 1 })
    const statuses = []
    for (let i = 0; i < 2; i++) statuses.push((await pool.fetch(pool.jwks.url)).status)
    expect(statuses).toStrictEqual([429, 200])
  })
})

it.each<[string, (control: Record<string, (...how: unknown[]) => void>) => void, string]>([
  ['a misspelt option', (control) => control['slow']?.('1s', { time: 1 }), 'slow knows no time; it takes times'],
  [
    'times below one',
    (control) => control['drop']?.({ times: 0 }),
    'drop takes times as a whole number of one or more',
  ],
  ['times and a half', (control) => control['fail']?.({ times: 1.5 }), 'fail takes times as a whole number of one'],
  [
    'times as text',
    (control) => control['hang']?.({ times: '2' }),
    'hang takes times as a whole number of one or more',
  ],
  ['an end that is none', (control) => control['drop']?.({ until: 'soon' }), 'until of drop must be a Date, or a'],
  ['an instant that is none', (control) => control['drop']?.({ until: new Date('x') }), 'not a Date that is invalid'],
  [
    'an instant as a number',
    (control) => control['fail']?.({ until: Date.now() + 5_000 }),
    "until of fail looks like an instant, and numbers are milliseconds from now; say new Date(…), or a duration such as '5s'",
  ],
  ['an end that is past', (control) => control['fail']?.({ until: '-5s' }), 'fail takes an until that is not over yet'],
  [
    'an end that is past for the fake',
    (control) => control['fail']?.({ until: new Date(0) }),
    'that is not over yet on the clock of the fake',
  ],
  ['a number', (control) => control['fail']?.(500), 'fail takes an object, { status, error, times, … }, not a number'],
  ['null', (control) => control['hang']?.(null), 'hang takes an object, { times, until }, not null'],
  ['more arguments', (control) => control['fail']?.(500, { times: 1 }), 'fail takes an object, { status, error'],
  [
    'more arguments than one',
    (control) => control['fail']?.({ status: 500 }, { times: 1 }),
    'fail takes one object with all it is told, and was given more arguments',
  ],
  ['more arguments than two', (control) => control['slow']?.('1s', {}, 1), 'slow takes one object with all it is told'],
  ['an error that is no text', (control) => control['fail']?.({ error: 5 }), 'fail takes error as text, not a number'],
  [
    'a body that is no text',
    (control) => control['garbage']?.({ body: {} }),
    'garbage takes body as text, not an object',
  ],
  [
    'no content type',
    (control) => control['garbage']?.({ contentType: '' }),
    'garbage takes contentType as a header can',
  ],
  ['two headers', (control) => control['redirect']?.({ to: 'a\nb: c' }), 'redirect takes to as a header can hold it'],
  [
    'bytes as text',
    (control) => control['oversize']?.({ bytes: '10mb' }),
    'oversize takes bytes as a whole number from 1',
  ],
  [
    'negative bytes',
    (control) => control['oversize']?.({ bytes: -1 }),
    'bytes as a whole number from 1 to 500,000,000',
  ],
  ['too many bytes', (control) => control['oversize']?.({ bytes: 2 ** 30 }), 'from 1 to 500,000,000'],
  ['a negative delay', (control) => control['slow']?.('-3s'), 'slow takes a delay of zero or more'],
  ['a delay no timer has', (control) => control['slow']?.('30d'), "slow takes a delay of '24d' at most; hang() never"],
  ['a delay that is none', (control) => control['slow']?.('soon'), 'slow must be milliseconds, or whole'],
  [
    'a status that is no redirect',
    (control) => control['redirect']?.({ status: 200 }),
    'redirect takes a status of 301',
  ],
  ['a status that refuses nothing', (control) => control['throttle']?.({ status: 200 }), 'a status from 400 to 599'],
  ['a status that is no failure', (control) => control['fail']?.({ status: 299 }), 'a status from 300 to 599'],
])('a fault with %s is refused', async (_, begin, message) => {
  const { jwks } = await fakeAuthorizationServer()
  expect(() => begin(jwks as never)).toThrow(message)
  expect(() => begin(jwks as never)).toThrow('fakeAuthorizationServer: ')
})

it('a fault that is refused leaves the one before in its place', async () => {
  const pool = await fakeCognito()
  pool.jwks.fail({ status: 500 })
  expect(() => pool.jwks.throttle({ times: 0 })).toThrow('throttle takes times')
  expect(() => pool.jwks.slow('1ms', { until: '-1s' })).toThrow('slow takes an until')
  expect((await pool.fetch(pool.jwks.url)).status).toBe(500)
})
