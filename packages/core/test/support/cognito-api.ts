import type { FakeCognito } from '@tokenward/testkit'
import { onTestFinished } from 'vitest'
import { cognitoUserPool, type CognitoUserPoolOptions } from '../../src/cognito/index.js'
import { createResourceServer, type ResourceServer, type ResourceServerOptions } from '../../src/index.js'

/** A resource server for one fake pool, closed after the test. */
export function cognitoApi(
  pool: Pick<FakeCognito, 'userPoolId' | 'clientId' | 'clock' | 'fetch'>,
  changed: Partial<CognitoUserPoolOptions> = {},
  options: Partial<ResourceServerOptions> = {},
): ResourceServer {
  const { userPoolId, clientId, clock, fetch } = pool
  const issuer = cognitoUserPool({ userPoolId, clientId, ...changed })
  const api = createResourceServer({ issuers: [issuer], clock, fetch, ...options })
  onTestFinished(() => api.close())
  return api
}
