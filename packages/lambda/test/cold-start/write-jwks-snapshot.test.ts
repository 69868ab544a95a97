import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { authorizationServer, createResourceServer, type KeySnapshot } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { httpApiAuthorizer, writeJwksSnapshot } from '../../src/index.js'
import { httpAuthorizerEvent } from '../support/events.js'
import { bearer, ordersApi } from '../support/orders-api.js'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tokenward-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

describe('a snapshot of the keys', () => {
  it('that was written at deployment lets a cold start answer without a fetch', async () => {
    const { pool, api } = await ordersApi()
    const file = join(folder(), 'keys.json')
    await writeJwksSnapshot(api, file)
    expect(pool.jwks.hits).toBe(1)
    const cold = createResourceServer({
      issuers: [cognitoUserPool({ userPoolId: pool.userPoolId, clientId: 'web' })],
      keySnapshot: JSON.parse(readFileSync(file, 'utf8')) as KeySnapshot,
      fetch: pool.fetch,
      clock: pool.clock,
    })
    onTestFinished(() => cold.close())
    const authorizer = httpApiAuthorizer(cold, { policy: {}, resultCache: 'off' })
    const event = httpAuthorizerEvent({ headers: bearer(await pool.accessToken({ sub: 'u1' })) })
    expect(await authorizer(event)).toMatchObject({ isAuthorized: true, context: { subject: 'u1' } })
    expect(pool.jwks.hits).toBe(1)
  })

  it('replaces the file as a whole, and leaves nothing beside it', async () => {
    const { api } = await ordersApi()
    const path = folder()
    writeFileSync(join(path, 'keys.json'), 'before')
    await writeJwksSnapshot(api, join(path, 'keys.json'))
    expect(readdirSync(path)).toStrictEqual(['keys.json'])
    const { keySets } = JSON.parse(readFileSync(join(path, 'keys.json'), 'utf8')) as KeySnapshot
    expect(keySets).toMatchObject([{ fetchedAt: expect.any(Number), jwks: { keys: [{ kty: 'RSA' }, { kty: 'RSA' }] } }])
  })

  it('is written by several at once', async () => {
    const { api } = await ordersApi()
    const path = folder()
    const file = join(path, 'keys.json')
    await Promise.all(Array.from({ length: 8 }, () => writeJwksSnapshot(api, file)))
    expect(readdirSync(path)).toStrictEqual(['keys.json'])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toStrictEqual(api.exportKeys())
  })

  it('is not written through a link that somebody put there', async () => {
    const { api } = await ordersApi()
    const path = folder()
    const [file, elsewhere] = [join(path, 'keys.json'), join(path, 'elsewhere')]
    const name = '00000000-0000-4000-8000-000000000000'
    const random = vi.spyOn(crypto, 'randomUUID').mockReturnValue(name)
    onTestFinished(() => random.mockRestore())
    writeFileSync(elsewhere, 'before')
    symlinkSync(elsewhere, `${file}.${name}.tmp`)
    await expect(writeJwksSnapshot(api, file)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(elsewhere, 'utf8')).toBe('before')
  })

  it('leaves nothing beside it where it cannot be put in its place', async () => {
    const { api } = await ordersApi()
    const path = folder()
    mkdirSync(join(path, 'keys.json'))
    await expect(writeJwksSnapshot(api, join(path, 'keys.json'))).rejects.toThrow('rename')
    expect(readdirSync(path)).toStrictEqual(['keys.json'])
  })

  it('is not written where keys cannot be fetched: what was there stays', async () => {
    const { pool, api } = await ordersApi()
    pool.jwks.fail({ status: 503 })
    const file = join(folder(), 'keys.json')
    writeFileSync(file, 'before')
    await expect(writeJwksSnapshot(api, file)).rejects.toMatchObject({ name: 'UpstreamError' })
    expect(readFileSync(file, 'utf8')).toBe('before')
  })

  it('is not written where there is nothing to write, or nowhere to', async () => {
    const { pool, api } = await ordersApi()
    await pool.listen()
    const jwks = (await (await fetch(pool.jwks.url)).json()) as never
    const issuer = authorizationServer({ issuer: 'https://auth.example', audience: 'a', jwks })
    const own = createResourceServer({ issuers: [issuer] })
    onTestFinished(() => own.close())
    const file = join(folder(), 'keys.json')
    await expect(writeJwksSnapshot(own, file)).rejects.toThrow('writeJwksSnapshot.api fetches no keys')
    await expect(writeJwksSnapshot(api, '')).rejects.toThrow('writeJwksSnapshot.file must be a path')
    await expect(writeJwksSnapshot({} as never, file)).rejects.toThrow('writeJwksSnapshot.api must be')
  })
})
