import { describe, expect, it } from 'vitest'
import { checkIntrospectionOptions, type IntrospectionOptions } from '../../src/issuers/introspection-options.js'
import { ConfigurationError } from '../../src/outcomes/errors.js'
import { bearerToken, clientSecretBasic } from '../../src/transport/client-authentication.js'

const clientAuthentication = clientSecretBasic('api', 'secret')
const check = (changed: Record<string, unknown> = {}, allowInsecureLoopback = false) =>
  checkIntrospectionOptions(
    'authorizationServer.introspection',
    { clientAuthentication, ...changed } as IntrospectionOptions,
    allowInsecureLoopback,
  )

describe('the options of introspection', () => {
  it('may be as few as the client authentication', () => {
    expect(check()).toStrictEqual({
      clientAuthentication,
      endpoint: undefined,
      signedFor: undefined,
      maxConcurrency: 100,
      inactiveAnswerMaxAge: 10_000,
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no client authentication', { clientAuthentication: undefined }, 'clientAuthentication must be made by'],
    ['a copy of one', { clientAuthentication: { ...clientAuthentication } }, 'clientAuthentication must be made by'],
    ['an http endpoint', { endpoint: 'http://auth.example.com/introspect' }, 'endpoint must be an https URL'],
    ['an http endpoint on loopback', { endpoint: 'http://127.0.0.1/introspect' }, 'endpoint must be an https URL'],
    ['an endpoint with a password', { endpoint: 'https://a:b@auth.example.com' }, 'endpoint must not carry'],
    ['an empty endpoint', { endpoint: '' }, 'endpoint must be an absolute https URL'],
    ['no concurrency', { maxConcurrency: 0 }, 'maxConcurrency must be a whole number from 4 to 10000'],
    ['a concurrency without a quarter', { maxConcurrency: 3 }, 'maxConcurrency must be'],
    ['half a call', { maxConcurrency: 4.5 }, 'maxConcurrency must be'],
    ['too many calls', { maxConcurrency: 10_001 }, 'maxConcurrency must be'],
    ['a concurrency of text', { maxConcurrency: '100' }, 'maxConcurrency must be'],
    ['a long memory', { inactiveAnswerMaxAge: '61s' }, 'inactiveAnswerMaxAge must be a duration from 0s to 1m'],
    ['signed answers perhaps', { signedResponses: false }, 'signedResponses takes a plain object of options'],
    ['a misspelt audience', { signedResponses: { aud: 'api' } }, 'signedResponses.aud is not an option'],
    ['an empty audience', { signedResponses: { audience: '' } }, 'signedResponses.audience must be the client id'],
    [
      'signed answers for nobody',
      { clientAuthentication: bearerToken('token'), signedResponses: true },
      'signedResponses.audience must be the client id',
    ],
    ['a misspelt option', { endPoint: 'https://auth.example.com' }, 'endPoint is not an option'],
  ])('are refused at once: %s', (_, changed, message) => {
    expect(() => check(changed)).toThrow(ConfigurationError)
    expect(() => check(changed)).toThrow(`authorizationServer.introspection.${message}`)
  })

  it('must be an object', () => {
    const given = [clientAuthentication, null, 'https://auth.example.com', true]
    for (const options of given) {
      expect(() => checkIntrospectionOptions('owner', options as never, false)).toThrow(ConfigurationError)
    }
  })

  it('take a plain endpoint on loopback where that is allowed, and there only', () => {
    expect(check({ endpoint: 'http://127.0.0.1:1/introspect' }, true).endpoint).toBe('http://127.0.0.1:1/introspect')
    expect(() => check({ endpoint: 'http://auth.example.com/introspect' }, true)).toThrow('loopback only')
  })

  it('take an endpoint with a query', () => {
    expect(check({ endpoint: 'https://a.example/i?tenant=7' }).endpoint).toBe('https://a.example/i?tenant=7')
  })

  it('have signed answers be for the client that asks, or for whom is named', () => {
    expect(check({ signedResponses: true }).signedFor).toBe('api')
    expect(check({ signedResponses: {} }).signedFor).toBe('api')
    expect(check({ signedResponses: { audience: 'x' } }).signedFor).toBe('x')
    const bearer = { clientAuthentication: bearerToken('token') }
    expect(check({ ...bearer, signedResponses: { audience: 'x' } }).signedFor).toBe('x')
  })

  it('take the least and the most of everything', () => {
    expect(check({ maxConcurrency: 4, inactiveAnswerMaxAge: '0s' })).toMatchObject({ inactiveAnswerMaxAge: 0 })
    expect(check({ maxConcurrency: 10_000, inactiveAnswerMaxAge: '60s' })).toMatchObject({ maxConcurrency: 10_000 })
  })
})
