import { describe, expect, it, onTestFinished } from 'vitest'
import { fakeAuthorizationServer, fakeCognito } from '../../src/index.js'
import { type Door, doors, form, operation, postByHttps } from '../support/doors.js'

const ALL = ['fetch', 'listen', 'serve'] as const satisfies readonly Door[]

async function poolBehind(door: Door) {
  const pool = await fakeCognito()
  onTestFinished(() => pool.close())
  const call = await doors[door](pool)
  const token = await pool.accessToken({ sub: 'u1' })
  const ask = (signal?: AbortSignal) =>
    call(pool.getUser.url, {
      ...operation('GetUser', { AccessToken: token }),
      redirect: 'manual',
      ...(signal !== undefined && { signal }),
    })
  return { pool, token, ask }
}

describe.each(ALL)('through %s', (door) => {
  it('fail answers with the status and the name it is told, as often as told', async () => {
    const { pool, ask } = await poolBehind(door)
    pool.getUser.fail({ times: 1 })
    const [failed, good] = [await ask(), await ask()]
    expect([failed.status, await failed.json(), good.status]).toStrictEqual([
      503,
      { __type: 'InternalErrorException', message: 'The fake was told to fail' },
      200,
    ])
    pool.getUser.fail({ status: 400, error: 'ForbiddenException' })
    const forbidden = await ask()
    expect([forbidden.status, forbidden.headers.get('x-amzn-errortype')]).toStrictEqual([400, 'ForbiddenException:'])
    pool.getUser.fail({ status: 304 })
    expect((await ask()).status).toBe(304)
    pool.getUser.recover()
    expect((await ask()).status).toBe(200)
    expect(pool.getUser.hits).toBe(5)
  })

  it('slow answers late, with what was true when the request arrived', async () => {
    const { pool, token, ask } = await poolBehind(door)
    pool.getUser.slow('300ms', { times: 1 })
    const begun = performance.now()
    const late = ask()
    await expect.poll(() => pool.getUser.hits).toBe(1)
    await pool.revoke(token)
    expect((await late).status).toBe(200)
    expect(performance.now() - begun).toBeGreaterThanOrEqual(295)
    expect((await ask()).status).toBe(400)
  })

  it('hang never answers, not even after recover, and ends with the client', async () => {
    const { pool, ask } = await poolBehind(door)
    pool.getUser.hang({ times: 1 })
    const abort = new AbortController()
    const asking = ask(abort.signal).then(
      () => 'answered',
      (error: Error) => error.name,
    )
    await expect.poll(() => pool.getUser.hits).toBe(1)
    pool.getUser.recover()
    expect((await ask()).status).toBe(200)
    expect(await Promise.race([asking, 'hangs'])).toBe('hangs')
    abort.abort()
    expect(await asking).toBe('AbortError')
  })

  it('hang ends with the fake, as a lost connection', async () => {
    const { pool, ask } = await poolBehind(door)
    pool.getUser.hang()
    const asking = ask()
    await expect.poll(() => pool.getUser.hits).toBe(1)
    await Promise.all([pool.close(), expect(asking).rejects.toThrow(TypeError)])
  })

  it('drop loses the connection, without effect', async () => {
    const { pool, token, ask } = await poolBehind(door)
    pool.globalSignOut.drop()
    const signOut = pool.fetch(pool.globalSignOut.url, operation('GlobalSignOut', { AccessToken: token }))
    await expect(signOut).rejects.toThrow('fetch failed')
    pool.getUser.drop({ times: 1 })
    await expect(ask()).rejects.toThrow(TypeError)
    expect((await ask()).status).toBe(200)
    expect(pool.getUser.hits).toBe(2)
  })

  it('garbage is no JSON, or whatever it is told', async () => {
    const { pool, ask } = await poolBehind(door)
    pool.getUser.garbage()
    const broken = await ask()
    expect([broken.status, broken.headers.get('content-type')]).toStrictEqual([200, 'application/json'])
    await expect(broken.json()).rejects.toThrow(SyntaxError)
    pool.getUser.garbage({ body: '<html>', contentType: 'text/html' })
    const page = await ask()
    expect([page.headers.get('content-type'), await page.text()]).toStrictEqual(['text/html', '<html>'])
  })

  it('redirect keeps the method by default, and leads where it is told', async () => {
    const { pool, ask } = await poolBehind(door)
    pool.getUser.redirect()
    const redirected = await ask()
    expect([redirected.status, redirected.headers.get('location')]).toStrictEqual([307, 'https://redirected.invalid/'])
    pool.getUser.redirect({ to: 'https://other.invalid/x', status: 302 })
    const other = await ask()
    expect([other.status, other.headers.get('location')]).toStrictEqual([302, 'https://other.invalid/x'])
  })

  it('oversize is the answer, followed by white space', async () => {
    const { pool, ask } = await poolBehind(door)
    const normal = await (await ask()).text()
    pool.getUser.oversize({ bytes: 3_000_000 })
    const large = await (await ask()).text()
    expect([large.length, large.trimEnd()]).toStrictEqual([3_000_000, normal])
  })

  it('throttle refuses in the words of the endpoint', async () => {
    const { pool, ask } = await poolBehind(door)
    pool.getUser.throttle()
    const throttled = await ask()
    expect([throttled.status, await throttled.json()]).toStrictEqual([
      400,
      { __type: 'TooManyRequestsException', message: 'Rate exceeded' },
    ])
    pool.getUser.throttle({ status: 429 })
    expect((await ask()).status).toBe(429)
  })

  it('OAuth endpoints and documents have words of their own', async () => {
    const server = await fakeAuthorizationServer()
    onTestFinished(() => server.close())
    const call = await doors[door](server)
    const answers = async () => {
      const introspected = await call(server.introspection.url, form({ token: 'x' }))
      const keys = await call(server.jwks.url)
      return [introspected.status, await introspected.json(), keys.status, await keys.json()]
    }
    for (const control of [server.introspection, server.jwks]) control.throttle()
    expect(await answers()).toStrictEqual([
      429,
      { error: 'temporarily_unavailable' },
      429,
      { message: 'Too Many Requests' },
    ])
    for (const control of [server.introspection, server.jwks]) control.fail({ status: 500 })
    expect(await answers()).toMatchObject([500, { error: 'server_error' }, 500, {}])
  })
})

describe('node:https through listen', () => {
  it('meets faults, a dropped connection as an error', async () => {
    const { pool, token } = await poolBehind('listen')
    const { headers, body } = operation('GetUser', { AccessToken: token })
    const ask = () => postByHttps(pool.getUser.url, headers, String(body))
    expect((await ask()).status).toBe(200)
    pool.getUser.drop({ times: 1 })
    await expect(ask()).rejects.toThrow()
    pool.getUser.throttle()
    expect(JSON.parse((await ask()).body)).toMatchObject({ __type: 'TooManyRequestsException' })
  })
})

describe('the socket of a dropped request', () => {
  it('is closed without a byte', async () => {
    const pool = await fakeCognito()
    onTestFinished(() => pool.close())
    const { url } = await pool.serve()
    pool.jwks.drop()
    const asking = fetch(`${url}${new URL(pool.jwks.url).pathname}`)
    await expect(asking).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } })
  })
})

describe('an injected fetch', () => {
  it('follows redirects as the real one, to addresses of the fake alone', async () => {
    const pool = await fakeCognito()
    pool.jwks.redirect({ to: 'https://redirected.invalid/' })
    await expect(pool.fetch(pool.jwks.url)).rejects.toThrow('nothing answers GET https://redirected.invalid/')
    await expect(pool.fetch(pool.jwks.url, { redirect: 'error' })).rejects.toThrow('fetch failed')
    pool.jwks.redirect({ to: pool.metadata.url })
    const followed = await pool.fetch(pool.jwks.url)
    expect([followed.redirected, await followed.json()]).toMatchObject([true, { issuer: pool.issuer }])
  })

  it('sends the body on after 307 and 308 alone', async () => {
    const pool = await fakeCognito()
    const request = operation('GetUser', { AccessToken: await pool.accessToken() })
    pool.getUser.redirect({ to: pool.getUser.url, times: 1 })
    expect((await pool.fetch(pool.getUser.url, request)).status).toBe(200)
    pool.getUser.redirect({ to: pool.metadata.url, status: 303 })
    expect((await pool.fetch(pool.getUser.url, request)).status).toBe(200)
    expect(pool.metadata.requests).toMatchObject([{ method: 'GET', body: '' }])
  })

  it('is aborted before and while it waits', async () => {
    const pool = await fakeCognito()
    await expect(pool.fetch(pool.jwks.url, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    expect(pool.jwks.hits).toBe(0)
    pool.jwks.slow('1h')
    await expect(pool.fetch(pool.jwks.url, { signal: AbortSignal.timeout(20) })).rejects.toThrow('timeout')
    await pool.close()
  })
})
