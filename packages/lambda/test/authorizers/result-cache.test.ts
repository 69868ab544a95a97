import { describe, expect, it } from 'vitest'
import {
  checkResultCache,
  httpApiDialect,
  restApiDialect,
  restTokenDialect,
} from '../../src/authorizers/result-cache.js'

const AUTHORIZATION = '$request.header.Authorization'
const REST_AUTHORIZATION = 'method.request.header.Authorization'
const http = (value: unknown) => checkResultCache('httpApiAuthorizer', value, httpApiDialect)
const rest = (value: unknown) => checkResultCache('restRequestAuthorizer', value, restApiDialect)

describe('a result cache', () => {
  it('has to be declared', () => {
    expect(() => http(undefined)).toThrow(
      "httpApiAuthorizer.resultCache is required: 'off', or { ttl, identitySources }",
    )
  })

  it('that is off keeps nothing', () => {
    expect(http('off')).toStrictEqual({ ttl: 0, holdsRoute: false, holdsDomain: false })
  })

  it('keeps results for whole seconds, up to an hour', () => {
    const withTtl = (ttl: unknown) => () => http({ ttl, identitySources: [AUTHORIZATION] })
    expect(withTtl('5m')()).toMatchObject({ ttl: 300_000 })
    expect(withTtl(3_600_000)()).toMatchObject({ ttl: 3_600_000 })
    for (const ttl of ['0s', '61m', 1_500, 'soon', undefined, -1, Number.NaN]) {
      expect(withTtl(ttl)).toThrow('httpApiAuthorizer.resultCache.ttl must be whole seconds from 1s to 1h')
    }
  })

  it.each([
    [[AUTHORIZATION], false],
    [[AUTHORIZATION, '$context.routeKey'], true],
    [['$request.header.authorization', '$context.routekey'], true],
    [[AUTHORIZATION, '$request.header.routeKey'], false],
    [[AUTHORIZATION, '$context.path'], false],
  ])('of an HTTP API with %j has results for each route: %s', (identitySources, holdsRoute) => {
    expect(http({ ttl: '1m', identitySources })).toMatchObject({ holdsRoute })
  })

  it.each([
    [[REST_AUTHORIZATION], false],
    [[REST_AUTHORIZATION, 'context.httpMethod'], false],
    [[REST_AUTHORIZATION, 'context.resourcePath'], false],
    [[REST_AUTHORIZATION, 'context.httpMethod', 'context.resourcePath'], true],
    [[REST_AUTHORIZATION, 'context.httpMethod', 'context.path'], true],
    [[REST_AUTHORIZATION, 'context.httpMethod', 'context.resourceId'], true],
  ])('of a REST API with %j has results for each route: %s', (identitySources, holdsRoute) => {
    expect(rest({ ttl: '1m', identitySources })).toMatchObject({ holdsRoute })
  })

  it('tells domains apart where it is told to', () => {
    expect(http({ ttl: '1m', identitySources: [AUTHORIZATION, '$context.domainName'] })).toMatchObject({
      holdsDomain: true,
    })
  })

  it('has the token in its key: results of one would serve another', () => {
    expect(() => http({ ttl: '1m', identitySources: ['$context.routeKey'] })).toThrow(
      "httpApiAuthorizer.resultCache.identitySources must have '$request.header.Authorization'",
    )
    expect(() => http({ ttl: '1m', identitySources: ['$request.header.X-Token'] })).toThrow('must have')
  })

  it.each([undefined, [], 'x', [7], Array.from({ length: 1 })])(
    'has a list of identity sources, not %j',
    (identitySources) => {
      expect(() => http({ ttl: '1m', identitySources })).toThrow('must be a list of identity sources')
    },
  )

  it('has the words of its API', () => {
    expect(() => http({ ttl: '1m', identitySources: [REST_AUTHORIZATION] })).toThrow(
      'has "method.request.header.Authorization", which is none of this API',
    )
    expect(() => rest({ ttl: '1m', identitySources: [AUTHORIZATION] })).toThrow('which is none of this API')
  })

  it('of a TOKEN authorizer has one source', () => {
    const token = (identitySources: readonly string[]) => () =>
      checkResultCache('restTokenAuthorizer', { ttl: '1m', identitySources }, restTokenDialect)
    expect(token([REST_AUTHORIZATION])()).toMatchObject({ ttl: 60_000, holdsRoute: false })
    expect(token([REST_AUTHORIZATION, 'context.path'])).toThrow('has one source alone here')
  })

  it.each([
    ['on', 'takes a plain object'],
    [null, 'takes a plain object'],
    [{ ttl: '1m', key: [] }, 'is not an option'],
  ])('is not %j', (value, problem) => {
    expect(() => http(value)).toThrow(
      `httpApiAuthorizer.resultCache${problem === 'is not an option' ? '.key' : ''} ${problem}`,
    )
  })
})
