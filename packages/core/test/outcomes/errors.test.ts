import { describe, expect, it } from 'vitest'
import * as first from '../../src/outcomes/errors.js'

describe('errors', () => {
  const configuration = new first.ConfigurationError('a.b', 'must be c')
  const refused = new first.TokenRefusedError('token-expired', 'Bearer realm="api"')
  const unchecked = new first.TokenUncheckedError('jwks-unreachable')
  const upstream = new first.UpstreamError('timeout', 'No answer', { httpStatus: 504, cause: new Error('inner') })
  const revocation = new first.RevocationError('entry-malformed', 'sub must be text', 'sub')

  it('carry stable codes', () => {
    expect([configuration.code, refused.code, unchecked.code, upstream.code, revocation.code]).toStrictEqual([
      'configuration-invalid',
      'token-expired',
      'jwks-unreachable',
      'timeout',
      'entry-malformed',
    ])
  })

  it('say what they are about', () => {
    expect(configuration).toMatchObject({ option: 'a.b', message: 'a.b must be c', name: 'ConfigurationError' })
    expect(refused).toMatchObject({ status: 401, error: 'invalid_token', challenge: 'Bearer realm="api"' })
    expect(unchecked).toMatchObject({ status: 503, retryAfter: 1 })
    expect(upstream).toMatchObject({ httpStatus: 504, retryAfter: undefined, cause: new Error('inner') })
    expect(revocation).toMatchObject({ member: 'sub', message: 'sub must be text', name: 'RevocationError' })
  })

  it('are instances of their own class and of the base, and of no other', () => {
    expect(configuration).toBeInstanceOf(first.ConfigurationError)
    expect(configuration).toBeInstanceOf(first.TokenwardError)
    expect(configuration).toBeInstanceOf(Error)
    expect(configuration).not.toBeInstanceOf(first.UpstreamError)
    expect(new Error('plain')).not.toBeInstanceOf(first.TokenwardError)
    for (const value of [null, undefined, 'text', {}]) expect(value instanceof first.TokenwardError).toBe(false)
  })

  it('are recognised by another copy of the module', async () => {
    const second: typeof first = await import('../../src/outcomes/errors.js?copy' as string)
    expect(second.ConfigurationError).not.toBe(first.ConfigurationError)
    expect(configuration).toBeInstanceOf(second.ConfigurationError)
    expect(refused).not.toBeInstanceOf(second.UpstreamError)
    expect(revocation).toBeInstanceOf(second.RevocationError)
  })
})
