import {
  createResourceServer,
  type ResourceServer,
  type ResourceServerOptions,
  type TokenwardEvent,
} from '@tokenward/core'
import { cognitoUserPool, type CognitoUserPoolOptions } from '@tokenward/core/cognito'
import { fakeCognito, type FakeCognito } from '@tokenward/testkit'
import { onTestFinished } from 'vitest'

/** A fake pool and a resource server for it, in step with its clock, with what the server reported. */
export async function ordersApi(
  changed: Partial<CognitoUserPoolOptions> = {},
  options: Partial<ResourceServerOptions> = {},
): Promise<{ readonly pool: FakeCognito; readonly api: ResourceServer; readonly events: TokenwardEvent[] }> {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })
  onTestFinished(() => pool.close())
  const { userPoolId, clock, fetch } = pool
  const issuer = cognitoUserPool({ userPoolId, clientId: 'web', clockTolerance: 0, ...changed })
  const events: TokenwardEvent[] = []
  const api = createResourceServer({
    issuers: [issuer],
    clock,
    fetch,
    onEvent: (event) => events.push(event),
    ...options,
  })
  onTestFinished(() => api.close())
  return { pool, api, events }
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** What a token says, unverified. */
export function claimsIn(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as Record<string, unknown>
}
