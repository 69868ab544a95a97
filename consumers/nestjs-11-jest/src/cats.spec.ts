import type { INestApplication } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { cognitoUserPool, ConfigurationError, TokenwardGuard, TokenwardModule } from '@tokenward/nestjs'
import { fakeCognito } from '@tokenward/testkit'
import { CatsController } from './cats.controller'
import { CatsService } from './cats.service'

const makePool = () => fakeCognito({ clients: ['web'], resourceServers: { cats: ['read', 'write'] } })

describe('the cats API', () => {
  let pool: Awaited<ReturnType<typeof makePool>>
  let app: INestApplication
  let url: string

  const start = async (override: boolean) => {
    const builder = Test.createTestingModule({
      imports: [
        TokenwardModule.forRoot({
          issuers: [
            cognitoUserPool({
              userPoolId: pool.userPoolId,
              clientId: 'web',
              endpoint: (await pool.serve()).url,
              allowInsecureLoopback: true,
            }),
          ],
        }),
      ],
      controllers: [CatsController],
      providers: [CatsService],
    })
    if (override) builder.overrideProvider(TokenwardGuard).useValue({ canActivate: () => true })
    app = (await builder.compile()).createNestApplication({ logger: false })
    await app.listen(0, '127.0.0.1')
    url = await app.getUrl()
  }
  const get = (path: string, token?: string) =>
    fetch(`${url}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })

  beforeEach(async () => {
    pool = await makePool()
  })
  afterEach(async () => {
    await app?.close()
    await pool.close()
  })

  it('lets a good token in', async () => {
    await start(false)
    const { hits } = pool.jwks
    const response = await get('/cats', await pool.accessToken({ sub: 'u1', scopes: ['cats/read'] }))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ cats: ['Tom'], caller: 'u1' })
    // The keys were fetched at boot.
    expect(pool.jwks.hits).toBe(hits)
  })

  it('answers a request without a token with a challenge', async () => {
    await start(false)
    const response = await get('/cats')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  it('refuses a forged token and a missing scope', async () => {
    await start(false)
    expect((await get('/cats', await pool.forged.wrongKey({ scopes: ['cats/read'] }))).status).toBe(401)
    expect((await get('/cats', await pool.accessToken({ scopes: ['cats/write'] }))).status).toBe(403)
  })

  it('leaves public handlers open', async () => {
    await start(false)
    expect((await get('/cats/health')).status).toBe(200)
  })

  it('can have its guard replaced', async () => {
    await start(true)
    const response = await fetch(`${url}/cats`, { method: 'DELETE' })
    expect(response.status).toBe(200)
  })

  it('is told which doors of the testkit are open here', async () => {
    await expect(pool.listen()).rejects.toThrow('use pool.serve() or pool.fetch')
  })

  it('is not even built with a wrong option', async () => {
    expect(() => cognitoUserPool({ userPoolId: 'x', clientId: 'web' })).toThrow(ConfigurationError)
  })
})
