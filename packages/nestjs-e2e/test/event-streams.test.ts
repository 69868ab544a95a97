import { Controller, Get, Sse } from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import {
  CurrentPrincipal,
  MaxRevocationLag,
  type Principal,
  RESOURCE_SERVER,
  revocationEntryFor,
} from '@tokenward/nestjs'
import { type Observable, Subject } from 'rxjs'
import { map } from 'rxjs/operators'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startApp } from './support/app.js'
import { poolAndOptions } from './support/pool.js'

const ticks = new Subject<number>()

@Controller()
class FeedController {
  @Sse('feed')
  feed(@CurrentPrincipal() caller: Principal): Observable<{ data: string }> {
    return ticks.pipe(map((tick) => ({ data: `${tick} for ${caller.subject}` })))
  }

  @Sse('live')
  @MaxRevocationLag('0s')
  live(): Observable<{ data: string }> {
    return ticks.pipe(map((tick) => ({ data: String(tick) })))
  }

  @Get('plain')
  plain() {
    return 'plain'
  }
}

/** Reads a stream of events until it ends. */
async function listen(url: string, token: string) {
  const leaving = new AbortController()
  onTestFinished(() => leaving.abort())
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: leaving.signal })
  let text = ''
  const read = async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString()
    return text
  }
  const ended = read().catch((error: unknown) => String(error))
  return { status: response.status, text: () => text, ended }
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('a stream of events on %s', (_, adapter) => {
  async function start() {
    const { options, ...rest } = await poolAndOptions()
    const app = await startApp({ options, adapter, controllers: [FeedController] })
    return { ...rest, ...app }
  }

  it('is opened like any other route', async () => {
    const { pool, url } = await start()
    const answer = await fetch(`${url}/feed`)
    expect([answer.status, answer.headers.get('www-authenticate')]).toStrictEqual([401, 'Bearer realm="orders"'])
    const stream = listen(`${url}/feed`, await pool.accessToken({ sub: 'u1' }))
    await expect.poll(() => ticks.observed).toBe(true)
    ticks.next(1)
    const { text, status } = await stream
    expect(status).toBe(200)
    await expect.poll(text).toContain('data: 1 for u1')
  })

  it('ends when the token expires, be it silent', async () => {
    const { pool, url } = await start()
    const stream = listen(`${url}/feed`, await pool.accessToken({ expiresIn: '3s' }))
    await expect.poll(() => ticks.observed).toBe(true)
    ticks.next(1)
    expect(await (await stream).ended).toContain('The access token expired')
    await expect.poll(() => ticks.observed).toBe(false)
  })

  it('ends at once when the login is revoked', async () => {
    const { pool, url, app, revocationList } = await start()
    const token = await pool.accessToken()
    const stream = listen(`${url}/feed`, token)
    await expect.poll(() => ticks.observed).toBe(true)
    ticks.next(1)
    const principal: Principal = await app.get(RESOURCE_SERVER).verify(token)
    await revocationList.add(revocationEntryFor(principal, 'login'))
    expect(await (await stream).ended).toContain('The access token is invalid')
  })

  it('is asked for before each event where the lag is 0s', async () => {
    const { pool, url } = await start()
    const token = await pool.accessToken()
    const stream = listen(`${url}/live`, token)
    await expect.poll(() => ticks.observed).toBe(true)
    ticks.next(1)
    const { text, ended } = await stream
    await expect.poll(text).toContain('data: 1')
    expect(pool.getUser.hits).toBe(2)
    pool.clock.advance('1m')
    await pool.revoke(token)
    ticks.next(2)
    expect(await ended).toContain('The access token is invalid')
    expect(text()).not.toContain('data: 2')
  })

  it('beside it leaves other routes alone', async () => {
    const { pool, url } = await start()
    const answer = await fetch(`${url}/plain`, { headers: { authorization: `Bearer ${await pool.accessToken()}` } })
    expect(await answer.text()).toBe('plain')
  })
})
