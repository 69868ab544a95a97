import { describe, expect, expectTypeOf, it } from 'vitest'
import { httpApiAuthorizer, type SimpleAuthorizerResult, withAuth } from '../../src/index.js'
import { z } from 'zod'
import { httpApiWiring } from '../../src/wiring/index.js'
import { clientCert, httpApiEvent, httpAuthorizerEvent } from '../support/events.js'
import { description, mutualTls } from '../support/orders-description.js'
import { bearer, ordersApi } from '../support/orders-api.js'

const made = (changed: object) => () => httpApiWiring({ ...description, ...changed } as never)
const withRoute = (key: string, route: object) => made({ routes: { ...description.routes, [key]: route } })
const jwt = (policy: object, more: object = {}) => withRoute('GET /x', { authorizer: 'jwt', policy, ...more })

describe('a description', () => {
  it('is what the authorizer runs with, too', async () => {
    const { pool, api } = await ordersApi()
    const wiring = httpApiWiring(description)
    const { routes, ...others } = wiring.authorizerOptions
    expect(others).toStrictEqual({ resultCache: 'off', response: 'simple', mutualTls: false })
    expect(routes).toMatchObject({
      'DELETE /orders/{id}': { scopes: ['orders/write'], maxRevocationLag: 0 },
      'POST /orders': { scopes: ['orders/write', 'orders/read'] },
    })
    expect(Object.keys(routes)).toHaveLength(2)
    const authorizer = httpApiAuthorizer(api, wiring.authorizerOptions)
    expectTypeOf(authorizer).returns.resolves.toEqualTypeOf<SimpleAuthorizerResult>()
    const token = await pool.accessToken({ scopes: ['orders/read', 'orders/write'] })
    const event = httpAuthorizerEvent({ method: 'POST', path: '/orders', route: '/orders', headers: bearer(token) })
    expect(await authorizer(event)).toMatchObject({ isAuthorized: true })
    const byPolicy = httpApiAuthorizer(api, httpApiWiring({ ...description, response: 'policy' }).authorizerOptions)
    expect(await byPolicy(event)).toHaveProperty('policyDocument')
  })

  it('with mutual TLS makes an authorizer that refuses whoever came without a certificate', async () => {
    const { pool, api } = await ordersApi()
    const authorizer = httpApiAuthorizer(api, httpApiWiring({ ...description, mutualTls }).authorizerOptions)
    const token = await pool.accessToken({ scopes: ['orders/read', 'orders/write'] })
    const sample = { method: 'POST', path: '/orders', route: '/orders', headers: bearer(token) }
    expect(await authorizer(httpAuthorizerEvent(sample))).toStrictEqual({ isAuthorized: false })
    const withCertificate = httpAuthorizerEvent({ ...sample, certificate: clientCert })
    expect(await authorizer(withCertificate)).toMatchObject({ isAuthorized: true })
  })

  it('with mutual TLS makes handlers that do the same', async () => {
    const { pool, api } = await ordersApi()
    const { handlerOptions } = httpApiWiring({ ...description, mutualTls })
    expect(httpApiWiring(description).handlerOptions).toStrictEqual({ mutualTls: false })
    const handler = withAuth(api, {}, () => ({ statusCode: 200 }), handlerOptions)
    const sample = { headers: bearer(await pool.accessToken()) }
    expect(await handler(httpApiEvent(sample), {})).toMatchObject({ statusCode: 403 })
    expect(await handler(httpApiEvent({ ...sample, certificate: clientCert }), {})).toMatchObject({ statusCode: 200 })
  })
})

describe('a trap that becomes an error', () => {
  it('is a route without scopes, in which a JWT authorizer lets ID tokens', () => {
    for (const policy of [{}, { groups: ['staff'] }]) {
      expect(jwt(policy)).toThrow(
        "httpApiWiring.routes['GET /x'].policy has no scopes: a JWT authorizer lets ID tokens in there",
      )
      expect(jwt(policy, { checkedByFunction: true })).not.toThrow()
    }
  })

  it.each([null, undefined, 5, []])('is a policy that turned out to be %j, wherever it is checked', (policy) => {
    const message = "httpApiWiring.routes['GET /x'].policy must be a policy, such as"
    expect(jwt(policy as never)).toThrow(message)
    expect(jwt(policy as never, { checkedByFunction: true })).toThrow(message)
    expect(made({ routes: { 'GET /x': { authorizer: 'lambda', policy } } })).toThrow(message)
  })

  it('is a demand that a gateway does not look at, and no function either', () => {
    const scopes = ['orders/read']
    const beyond = [
      [{ scopes: ['orders/read', 'orders/write'] }, 'several scopes that must all be there'],
      [{ scopes, anyScope: ['a', 'b'] }, 'several scopes that must all be there'],
      [{ scopes, maxRevocationLag: '0s' }, 'maxRevocationLag'],
      [{ scopes, groups: ['staff'] }, 'groups'],
      [{ scopes, issuers: ['https://auth.example'] }, 'issuers'],
      [{ scopes, claims: z.object({ tenant: z.string() }) }, 'claims'],
      [{ scopes, acrValues: ['mfa'] }, 'acrValues'],
      [{ scopes, maxAge: '5m' }, 'maxAge'],
      [{ scopes, senderConstrained: 'required' }, 'senderConstrained'],
      [{ scopes, action: 'read' }, 'an action'],
    ] as const
    for (const [policy, demand] of beyond) {
      expect(jwt(policy)).toThrow(`httpApiWiring.routes['GET /x'].policy has ${demand}, and a gateway checks one of`)
      expect(jwt(policy, { checkedByFunction: true })).not.toThrow()
      expect(withRoute('GET /x', { authorizer: 'lambda', policy })).not.toThrow()
    }
    expect(withRoute('GET /x', { authorizer: 'lambda', policy: {}, checkedByFunction: true })).toThrow(
      "httpApiWiring.routes['GET /x'].checkedByFunction is for tokens that a gateway looks at",
    )
    expect(withRoute('GET /x', { authorizer: 'none', checkedByFunction: true })).toThrow('not a function')
  })

  it('is an option that protects nothing', () => {
    const routes = { 'GET /health': { authorizer: 'none' } }
    for (const [name, value] of Object.entries({ resultCache: 'off', response: 'simple' })) {
      const options = { name: 'x', routes, [name]: value } as never
      expect(() => httpApiWiring(options)).toThrow(`httpApiWiring.${name} is for routes with authorizer: 'lambda'`)
    }
    for (const [name, value] of Object.entries({ userPool: description.userPool, audience: ['web'] })) {
      const options = { name: 'x', routes, [name]: value } as never
      expect(() => httpApiWiring(options)).toThrow(`httpApiWiring.${name} is for routes with authorizer: 'jwt'`)
    }
  })

  it('is an audience without the resource that tokens are bound to', () => {
    const userPool = { ...description.userPool, resources: ['https://api.example/orders'] }
    expect(made({ userPool, audience: ['web', 'mobile'] })).toThrow(
      'httpApiWiring.audience lacks https://api.example/orders: a token that is bound to a resource is refused',
    )
    expect(made({ userPool, audience: ['web', 'https://api.example/orders'] })).not.toThrow()
    expect(made({ userPool })).not.toThrow()
  })

  it('is the UPDATED issuer, of which nobody says that a JWT authorizer accepts it', () => {
    const userPool = { ...description.userPool, issuer: 'UPDATED' }
    expect(made({ userPool })).toThrow('httpApiWiring.userPool.issuer is UPDATED, which no page of AWS says')
    expect(made({ userPool: { ...userPool, updatedIssuerTried: true } })).not.toThrow()
  })

  it('is a simple response that is kept for all routes', () => {
    const identitySources = ['$request.header.Authorization']
    expect(made({ resultCache: { ttl: '5m', identitySources } })).toThrow(
      "httpApiWiring.resultCache needs '$context.routeKey' among its identitySources",
    )
  })

  it('is a bound on revocation that a kept result would break', () => {
    const identitySources = ['$request.header.Authorization', '$context.routeKey']
    expect(made({ resultCache: { ttl: '5m', identitySources } })).toThrow(
      /^httpApiWiring\.routes\['DELETE .*'\]\.maxRevocationLag must be above 5m/,
    )
  })

  it('is a demand on each request that a kept result would not look at', () => {
    const resultCache = { ttl: '1m', identitySources: ['$request.header.Authorization', '$context.routeKey'] }
    const held = (policy: object) =>
      made({ resultCache, routes: { 'GET /x': { authorizer: 'lambda', policy } }, userPool: undefined })
    expect(held({ senderConstrained: 'required' })).toThrow(
      "httpApiWiring.routes['GET /x'].senderConstrained is for decisions about one request",
    )
    expect(held({ action: 'read' })).toThrow("httpApiWiring.routes['GET /x'].action is for decisions about one request")
    expect(held({ scopes: ['orders/read'] })).not.toThrow()
  })

  it('is a key of results without the token, or in words of another API', () => {
    const resultCache = (identitySources: readonly string[]) => made({ resultCache: { ttl: '5m', identitySources } })
    expect(resultCache(['$context.routeKey'])).toThrow("must have '$request.header.Authorization'")
    expect(resultCache(['method.request.header.Authorization'])).toThrow('which is none of this API')
  })

  it('is a result that is kept for clients with and without a certificate', () => {
    const identitySources = ['$request.header.Authorization', '$context.routeKey']
    const { 'DELETE /orders/{id}': _, ...routes } = description.routes
    const resultCache = { ttl: '5m', identitySources }
    expect(made({ routes, mutualTls, resultCache })).toThrow("needs '$context.domainName' among its identitySources")
    const withDomain = { ttl: '5m', identitySources: [...identitySources, '$context.domainName'] }
    expect(made({ routes, mutualTls, resultCache: withDomain })).not.toThrow()
  })

  it('is what API Gateway takes no more of', () => {
    const anyScope = Array.from({ length: 11 }, (_, index) => `orders/${index}`)
    expect(jwt({ anyScope })).toThrow('has more than 10 scopes')
    const clientIds = Array.from({ length: 51 }, (_, index) => `client${index}`)
    expect(made({ userPool: { ...description.userPool, clientIds } })).toThrow('has more than 50 values')
  })

  it('is a table that no policy document can say', () => {
    const policy = { scopes: ['orders/read'] }
    const routes = {
      'GET /orders/{id}': { authorizer: 'lambda', policy },
      'GET /{tenant}/items': { authorizer: 'lambda', policy: {} },
    }
    const orders = (more: object) => () => httpApiWiring({ name: 'orders', routes, ...more } as never)
    const kept = (...more: readonly string[]) => ({
      response: 'policy',
      resultCache: { ttl: '1m', identitySources: ['$request.header.Authorization', ...more] },
    })
    expect(orders(kept())).toThrow('which no policy document can tell apart')
    expect(orders(kept('$context.routeKey'))).not.toThrow()
    expect(orders({ response: 'policy' })).not.toThrow()
    expect(orders({})).not.toThrow()
  })

  it('is a truststore that is none, and a pool that makes clients of its own', () => {
    expect(made({ mutualTls: { ...mutualTls, truststoreUri: 'https://x' } })).toThrow('must be an object of S3')
    expect(made({ userPool: { userPoolId: 'eu-west-1_AbCdEf123' } })).toThrow(
      'httpApiWiring.userPool.clientIds must be a list',
    )
  })

  it('is anything misspelt or missing', () => {
    expect(made({ name: 'my-orders' })).toThrow('httpApiWiring.name must be letters and digits')
    expect(made({ response: 'iam' })).toThrow("httpApiWiring.response must be 'simple' or 'policy'")
    expect(made({ cache: 'off' })).toThrow('httpApiWiring.cache is not an option')
    expect(made({ userPool: undefined })).toThrow('httpApiWiring.userPool is needed')
    expect(made({ userPool: { ...description.userPool, userPoolId: 'x' } })).toThrow('must be a user pool id')
    expect(made({ userPool: { ...description.userPool, issuer: 'NEW' } })).toThrow("must be 'ORIGINAL' or 'UPDATED'")
    expect(made({ userPool: { ...description.userPool, resources: 'x' } })).toThrow('must be a list of resource')
    expect(made({ userPool: { ...description.userPool, updatedIssuerTried: 1 } })).toThrow('must be true or false')
    expect(made({ userPool: { ...description.userPool, userPoolId: {} } })).toThrow('or a function of CloudFormation')
    expect(made({ routes: {} })).toThrow('httpApiWiring.routes must be an object')
    expect(withRoute('GET x', { authorizer: 'none' })).toThrow('which is no route such as')
    expect(withRoute('GET /x', { authorizer: 'iam', policy: {} })).toThrow("must be one of 'jwt', 'lambda', 'none'")
    expect(withRoute('GET /x', { authorizer: 'none', policy: {} })).toThrow("authorizer is 'none'")
    expect(withRoute('GET /x', { authorizer: 'jwt' })).toThrow("routes['GET /x'].policy is required")
    expect(jwt({ scope: 'a' })).toThrow('policy.scope is not an option')
    expect(jwt({ scopes: ['a'] }, { checkedByFunction: 1 })).toThrow('checkedByFunction must be true or false')
    expect(jwt({ scopes: ['a'] }, { scopes: [] })).toThrow('scopes is not an option')
  })
})

describe('the pool of a description', () => {
  it.each([
    ['eu-west-1_AbCdEf123', 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123'],
    ['cn-north-1_AbCdEf123', 'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbCdEf123'],
    ['us-gov-west-1_AbCdEf123', 'https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbCdEf123'],
  ])('%s has the issuer %s', async (userPoolId, issuer) => {
    const { cloudFormation } = await import('../../src/wiring/index.js')
    const wiring = httpApiWiring({ ...description, userPool: { userPoolId, clientIds: ['web'] } })
    const { Resources } = cloudFormation(wiring, { integration: 'x', authorizerFunctionArn: 'y' })
    expect(Resources['OrdersJwtAuthorizer']?.Properties['JwtConfiguration']).toStrictEqual({
      Issuer: issuer,
      Audience: ['web'],
    })
  })
})
