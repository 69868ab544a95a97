import { Authentication, CognitoAuthModule } from '@nestjs-cognito/auth'
import { Controller, Get, Injectable, type ModuleMetadata, UseGuards } from '@nestjs/common'
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport'
import { Test } from '@nestjs/testing'
import { fakeCognito } from '@tokenward/testkit'
import { passportJwtSecret } from 'jwks-rsa'
import { ExtractJwt, Strategy } from 'passport-jwt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startApp } from './support/app.js'
import { poolAndOptions } from './support/pool.js'

/** What the migration page says that its readers come from. */
async function start(metadata: ModuleMetadata) {
  const module = await Test.createTestingModule(metadata).compile()
  const app = module.createNestApplication({ logger: false, forceCloseConnections: true })
  onTestFinished(() => app.close())
  await app.listen(0, '127.0.0.1')
  return (path: string, token: string) => call(app.getUrl(), path, token)
}

async function call(url: string | Promise<string>, path: string, token: string) {
  const response = await fetch(`${await url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return [response.status, response.headers.get('www-authenticate'), response.headers.get('retry-after')]
}

async function poolAtAws() {
  const pool = await fakeCognito({ clients: ['web'] })
  onTestFinished(() => pool.close())
  await pool.listen()
  return pool
}

describe('while keys cannot be fetched', () => {
  it('passport-jwt takes every token for a bad one', async () => {
    const pool = await poolAtAws()
    @Injectable()
    class JwtStrategy extends PassportStrategy(Strategy) {
      constructor() {
        super({
          jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
          secretOrKeyProvider: passportJwtSecret({ jwksUri: pool.jwks.url }),
          issuer: pool.issuer,
          algorithms: ['RS256'],
        })
      }

      validate(payload: object) {
        return payload
      }
    }
    @Controller('c')
    @UseGuards(AuthGuard('jwt'))
    class OrdersController {
      @Get()
      list() {
        return 'list'
      }
    }
    const send = await start({ imports: [PassportModule], providers: [JwtStrategy], controllers: [OrdersController] })
    const token = await pool.accessToken()
    pool.jwks.fail()
    expect(await send('/c', token)).toStrictEqual([401, null, null])
    pool.jwks.recover()
    expect((await send('/c', token))[0]).toBe(200)
  })

  it('nestjs-cognito does the same', async () => {
    const pool = await poolAtAws()
    @Controller('c')
    @Authentication()
    class OrdersController {
      @Get()
      list() {
        return 'list'
      }
    }
    const jwtVerifier = { userPoolId: pool.userPoolId, clientId: 'web', tokenUse: 'access' as const }
    const send = await start({
      imports: [CognitoAuthModule.register({ jwtVerifier })],
      controllers: [OrdersController],
    })
    pool.jwks.fail()
    expect(await send('/c', await pool.accessToken())).toStrictEqual([401, null, null])
  })

  it('Tokenward says that it cannot tell', async () => {
    const { pool, options } = await poolAndOptions()
    @Controller('c')
    class OrdersController {
      @Get()
      list() {
        return 'list'
      }
    }
    pool.jwks.fail()
    const { url } = await startApp({ options, controllers: [OrdersController] })
    expect(await call(url, '/c', await pool.accessToken())).toStrictEqual([503, null, '1'])
  })
})
