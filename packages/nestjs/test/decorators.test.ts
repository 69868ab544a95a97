import { applyDecorators, Controller, Delete, Get, type Type } from '@nestjs/common'
import { describe, expect, it } from 'vitest'
import { dpopKey } from '@tokenward/testkit'
import { z } from 'zod'
import {
  certificateBound,
  ConfigurationError,
  CurrentPrincipal,
  definePolicy,
  dpop,
  MaxRevocationLag,
  Policy,
  type Principal,
  type PrincipalOf,
  Public,
  RequireAnyScope,
  RequireScopes,
  type RoutePolicy,
  SenderConstrained,
  StepUp,
  type TokenwardModuleOptions,
} from '../src/index.js'
import { mergePlaces } from '../src/policies/merged-policy.js'
import { optionsFor, ordersPool, startApp } from './support/orders-app.js'

type TokenRequest = Parameters<Awaited<ReturnType<typeof ordersPool>>['accessToken']>[0]

/** Starts an application with one controller; `call` sends a token with what is given. */
async function start(controller: Type, options: Partial<TokenwardModuleOptions> = {}) {
  const pool = await ordersPool()
  const all = { ...optionsFor(pool), ...options } as TokenwardModuleOptions
  const app = await startApp({ options: all, controllers: [controller] })
  const call = async (path: string, request: TokenRequest = {}, method = 'GET') =>
    app.send(path, { method, token: await pool.accessToken(request) })
  return { pool, ...app, call }
}

const boot = async (controller: Type) => {
  const pool = await ordersPool()
  return startApp({ options: optionsFor(pool), controllers: [controller] })
}

const evidenceOf = async (response: Response) => ((await response.json()) as { source: string }).source

describe('@RequireAnyScope', () => {
  it('takes one of the scopes, and one of each list where it stands twice', async () => {
    @Controller('c')
    @RequireAnyScope(['orders/read', 'orders/write'])
    class AnyController {
      @Get()
      list() {
        return 'list'
      }

      @Delete()
      @RequireAnyScope(['orders/write'])
      remove() {
        return 'removed'
      }
    }
    const { call } = await start(AnyController)
    expect((await call('/c', { scopes: ['orders/read'] })).status).toBe(200)
    expect((await call('/c', { scopes: ['openid'] })).status).toBe(403)
    expect((await call('/c', { scopes: ['orders/read'] }, 'DELETE')).status).toBe(403)
    expect((await call('/c', { scopes: ['orders/write'] }, 'DELETE')).status).toBe(200)
  })
})

describe('@MaxRevocationLag', () => {
  @Controller('c')
  @MaxRevocationLag('0s')
  class LagController {
    @Get('live')
    live(@CurrentPrincipal() caller: Principal) {
      return caller.evidence
    }

    @Get('local')
    @MaxRevocationLag('token-lifetime')
    local(@CurrentPrincipal() caller: Principal) {
      return caller.evidence
    }
  }

  it('on the method takes the place of the one on the class, be it looser', async () => {
    const { call } = await start(LagController)
    expect(await evidenceOf(await call('/c/live'))).toBe('live-call')
    expect(await evidenceOf(await call('/c/local'))).toBe('local-validation')
  })

  it('of a subclass takes the place of that of its base class', async () => {
    @Controller('c')
    @MaxRevocationLag('token-lifetime')
    class SubController extends LagController {}
    const { call } = await start(SubController)
    expect(await evidenceOf(await call('/c/live'))).toBe('local-validation')
  })

  it('brings the bound of an outage with it, and does not keep that of the class', async () => {
    @Controller('c')
    @MaxRevocationLag('0s', { duringOutage: '1h' })
    class OutageController {
      @Get('relaxed')
      relaxed(@CurrentPrincipal() caller: Principal) {
        return caller.evidence
      }

      @Get('strict')
      @MaxRevocationLag('0s')
      strict() {
        return 'strict'
      }
    }
    const { pool, call } = await start(OutageController)
    pool.getUser.fail()
    expect(await (await call('/c/relaxed')).json()).toMatchObject({ relaxed: true })
    expect((await call('/c/strict')).status).toBe(503)
  })

  it.each<[string, () => MethodDecorator, string]>([
    [
      'a bound that is none',
      () => MaxRevocationLag('soon' as '0s'),
      "policy.maxRevocationLag must be 'token-lifetime'",
    ],
    ['an undefined bound', () => MaxRevocationLag(undefined as never), 'policy.maxRevocationLag is undefined'],
    [
      'an undefined bound during an outage',
      () => MaxRevocationLag('30s', { duringOutage: undefined as never }),
      'policy.maxRevocationLagDuringOutage is undefined',
    ],
    [
      'two of them at one place',
      () => applyDecorators(MaxRevocationLag('30s'), MaxRevocationLag('0s')),
      'policy.maxRevocationLag is given twice at the same place; decide for one',
    ],
    [
      'two of them at one place, one of them in a policy',
      () => applyDecorators(MaxRevocationLag('30s'), Policy(definePolicy({ maxRevocationLag: '0s' }))),
      'policy.maxRevocationLag is given twice at the same place; decide for one',
    ],
  ])('stops the boot for %s, naming the handler', async (_, decorator, problem) => {
    @Controller('c')
    class WrongController {
      @Get()
      @decorator()
      list() {
        return 'list'
      }
    }
    await expect(boot(WrongController)).rejects.toThrow(`WrongController.list: ${problem}`)
  })
})

describe('@StepUp', () => {
  @Controller('c')
  @StepUp({ acrValues: ['mfa'], maxAge: '5m' })
  class RefundsController {
    @Get()
    list() {
      return 'list'
    }

    @Get('recent')
    @StepUp({ maxAge: '1h' })
    recent() {
      return 'recent'
    }
  }

  it('asks for a stronger or more recent login in the challenge (RFC 9470)', async () => {
    const { pool, call } = await start(RefundsController)
    const login = (ago: number) => Math.floor(pool.clock.now() / 1_000) - ago
    expect((await call('/c', { claims: { acr: 'mfa', auth_time: login(60) } })).status).toBe(200)
    const weak = await call('/c', { claims: { acr: 'pwd', auth_time: login(60) } })
    expect(weak.status).toBe(401)
    expect(weak.headers.get('www-authenticate')).toMatch(
      /error="insufficient_user_authentication".*acr_values="mfa", max_age="?300"?/,
    )
    expect((await call('/c', { claims: { acr: 'mfa', auth_time: login(600) } })).status).toBe(401)
  })

  it('on the method replaces each value by itself', async () => {
    const { pool, call } = await start(RefundsController)
    const auth_time = Math.floor(pool.clock.now() / 1_000) - 600
    expect((await call('/c/recent', { claims: { acr: 'mfa', auth_time } })).status).toBe(200)
    expect((await call('/c/recent', { claims: { acr: 'pwd', auth_time } })).status).toBe(401)
  })

  it('that demands nothing is refused where it is written', () => {
    expect(() => StepUp({})).toThrow(ConfigurationError)
    expect(() => StepUp({})).toThrow('@StepUp() needs acrValues or maxAge')
  })
})

describe('@SenderConstrained', () => {
  @Controller('c')
  @SenderConstrained()
  class PartnersController {
    @Get()
    list() {
      return 'list'
    }

    @Get('price')
    @SenderConstrained('if-bound')
    price() {
      return 'price'
    }
  }
  const senderConstraints = [dpop({ publicUrl: 'https://api.example' }), certificateBound()]

  it('takes a token with a proof of its key, and none that is bound to nothing', async () => {
    const { pool, call, send } = await start(PartnersController, { senderConstraints })
    const refused = await call('/c')
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token".*, DPoP .*algs="ES256/)
    const key = await dpopKey({ clock: pool.clock })
    const token = await pool.accessToken({ claims: { cnf: key.cnf } })
    const proof = await key.proof({ method: 'GET', url: 'https://api.example/c', accessToken: token })
    const granted = await send('/c', { headers: { authorization: `DPoP ${token}`, dpop: proof } })
    expect(granted.status).toBe(200)
    expect((await call('/c', { claims: { cnf: key.cnf } })).status).toBe(401)
  })

  it('on the method takes the place of the one on the class, and lets no bound token through without its proof', async () => {
    const { call } = await start(PartnersController, { senderConstraints })
    expect((await call('/c/price')).status).toBe(200)
    const { cnf } = await dpopKey()
    expect((await call('/c/price', { claims: { cnf } })).status).toBe(401)
  })

  it('is also said in a policy, on top of that of the class', async () => {
    @Controller('c')
    class PolicyController {
      @Get()
      @Policy(definePolicy({ senderConstrained: 'required' }))
      list() {
        return 'list'
      }
    }
    @Controller('c')
    @SenderConstrained()
    class DefaultController {
      @Get()
      @Policy(definePolicy({ scopes: ['openid'] }))
      list() {
        return 'list'
      }
    }
    for (const controller of [PolicyController, DefaultController]) {
      const { call } = await start(controller, { senderConstraints })
      expect((await call('/c', { scopes: ['openid'] })).status).toBe(401)
    }
  })

  it('stops the boot where nothing could check it', async () => {
    await expect(boot(PartnersController)).rejects.toThrow('PartnersController.list: policy.senderConstrained')
  })
})

const tenantClaims = z.object({ 'custom:tenant': z.string() })
const tenant = definePolicy({ claims: tenantClaims, scopes: ['orders/read'] })

describe('@Policy', () => {
  it('loses nothing that a policy can demand', () => {
    // A member that is new in core has to be merged, too, and added here.
    const policy: Required<RoutePolicy<typeof tenantClaims>> = {
      name: 'C.list',
      maxRevocationLag: '30s',
      maxRevocationLagDuringOutage: '10m',
      // What is asked of one request, as by the action and the sender below, cannot be held for others.
      heldFor: '0s',
      scopes: ['orders/read'],
      anyScope: ['orders/write', 'orders/admin'],
      groups: ['staff'],
      issuers: ['https://issuer.example'],
      claims: tenantClaims,
      acrValues: ['mfa'],
      maxAge: '5m',
      senderConstrained: 'required',
      action: 'list',
      resource: { type: 'Order', id: '1' },
      context: { channel: 'web' },
    }
    for (const given of [policy, definePolicy(policy)]) {
      expect(mergePlaces('C.list', [[], [given], []])).toStrictEqual(definePolicy(policy))
    }
  })

  @Controller('c')
  @Policy({ anyScope: ['orders/read', 'orders/write'] })
  class PolicyController {
    @Get()
    @Policy({ groups: ['staff'], maxRevocationLag: '0s' })
    @RequireScopes(['orders/read'])
    list(@CurrentPrincipal() caller: Principal) {
      return caller.evidence
    }

    @Get('tenant')
    @Policy(tenant)
    ofTenant(@CurrentPrincipal(tenant) caller: PrincipalOf<typeof tenant>) {
      return caller.claims['custom:tenant']
    }
  }

  it('merges with everything else', async () => {
    const { call } = await start(PolicyController)
    const live = 'aws.cognito.signin.user.admin'
    const listed = await call('/c', { scopes: ['orders/read', live], groups: ['staff'] })
    expect(await evidenceOf(listed)).toBe('live-call')
    expect((await call('/c', { scopes: ['orders/read', live] })).status).toBe(403)
    expect((await call('/c', { scopes: ['orders/write', live], groups: ['staff'] })).status).toBe(403)
    expect((await call('/c', { scopes: [live], groups: ['staff'] })).status).toBe(403)
  })

  it('carries its claims schema to the caller', async () => {
    const { call } = await start(PolicyController)
    const claims = { 'custom:tenant': 'acme' }
    expect(await (await call('/c/tenant', { scopes: ['orders/read'], claims })).text()).toBe('acme')
    expect((await call('/c/tenant', { scopes: ['orders/read'] })).status).toBe(403)
    expect((await call('/c/tenant', { scopes: ['orders/write'], claims })).status).toBe(403)
  })

  it('with another claims schema than the class has stops the boot', async () => {
    @Controller('c')
    @Policy(tenant)
    class TwoSchemasController {
      @Get()
      @Policy({ claims: z.object({ email: z.string() }) })
      list() {
        return 'list'
      }
    }
    await expect(boot(TwoSchemasController)).rejects.toThrow(
      'TwoSchemasController.list: policy.claims is given by two policies, and a handler takes one',
    )
  })

  it('with the same schema twice is one', async () => {
    @Controller('c')
    @Policy(tenant)
    class SameSchemaController {
      @Get()
      @Policy(tenant)
      list() {
        return 'list'
      }
    }
    const { call } = await start(SameSchemaController)
    expect((await call('/c', { scopes: ['orders/read'], claims: { 'custom:tenant': 'acme' } })).status).toBe(200)
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'policy takes a plain object of options'],
    ['a misspelt member', { scope: ['orders/read'] }, 'policy.scope is not an option'],
    [
      'an issuer nobody configured',
      { issuers: ['https://other.example'] },
      'policy.issuers names https://other.example',
    ],
  ])('that is wrong stops the boot, naming the handler: %s', async (_, policy, problem) => {
    @Controller('c')
    class WrongController {
      @Get()
      @Policy(policy as object)
      list() {
        return 'list'
      }
    }
    await expect(boot(WrongController)).rejects.toThrow(`WrongController.list: ${problem}`)
  })

  it('beside @Public() stops the boot', async () => {
    @Controller('c')
    class OpenController {
      @Get()
      @Public()
      @Policy({ maxRevocationLag: '0s' })
      list() {
        return 'list'
      }
    }
    await expect(boot(OpenController)).rejects.toThrow('OpenController.list is @Public() and demands')
  })
})

describe('@CurrentPrincipal', () => {
  it('typed by a policy that the route does not apply stops the boot', async () => {
    @Controller('c')
    class WrongController {
      @Get()
      @RequireScopes(['orders/read'])
      list(@CurrentPrincipal(tenant) caller: PrincipalOf<typeof tenant>) {
        return caller
      }
    }
    await expect(boot(WrongController)).rejects.toThrow(
      'WrongController.list types its caller by a claims schema that the route does not apply',
    )
  })

  it('may be typed by the schema alone', async () => {
    const schema = z.object({ sub: z.string() })
    @Controller('c')
    @Policy({ claims: schema })
    class SchemaController {
      @Get()
      list(@CurrentPrincipal(schema) caller: Principal<{ sub: string }>) {
        return caller.claims.sub
      }
    }
    const { call } = await start(SchemaController)
    expect(await (await call('/c', { sub: 'u1' })).text()).toBe('u1')
  })
})
