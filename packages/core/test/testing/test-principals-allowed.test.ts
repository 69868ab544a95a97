import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Testing from '../../src/testing/index.js'

// Enabling lasts as long as the process: every test has a copy of its own.
let testing: typeof Testing
beforeEach(async () => {
  vi.resetModules()
  testing = await import('../../src/testing/index.js')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

const make = () => testing.asPrincipal({ sub: 'u1' })

describe('test principals', () => {
  it.each(['development', 'staging', ''])('need to be enabled where NODE_ENV is %j', (environment) => {
    vi.stubEnv('NODE_ENV', environment)
    expect(make).toThrow("works only where NODE_ENV is 'test' or after enableTestPrincipals()")
    testing.enableTestPrincipals()
    expect(make).not.toThrow()
  })

  it('need to be enabled where there is no process', () => {
    vi.stubGlobal('process', undefined)
    expect(make).toThrow('after enableTestPrincipals()')
    testing.enableTestPrincipals()
    expect(make).not.toThrow()
  })

  it('exist in no production, enabled before or not', () => {
    testing.enableTestPrincipals()
    vi.stubEnv('NODE_ENV', 'production')
    expect(make).toThrow("asPrincipal lets requests in without a token, and NODE_ENV is 'production'")
    expect(() => testing.enableTestPrincipals()).toThrow('enableTestPrincipals lets requests in')
  })
})
