import { cognitoUserPool } from '@tokenward/core/cognito'
import { fakeCognito } from '@tokenward/testkit'
import { LONG_LIFETIME, type Upstream } from './upstream.ts'

/**
 * Above what the lab asks for. Cognito itself allows an account 120 `GetUser` calls a second in a Region, and core stays
 * at 20 unless told otherwise: the lab measures the setting, not the quota.
 */
const LIVENESS = { rate: 1_000, burst: 2_000 }

/** The testkit's Cognito. An outage cuts every connection. */
export async function cognito(): Promise<Upstream> {
  const pool = await fakeCognito()
  const { url } = await pool.serve()
  const asked = [pool.jwks, pool.metadata, pool.getUser, pool.userInfo]
  return {
    issuer: cognitoUserPool({
      userPoolId: pool.userPoolId,
      clientId: pool.clientId,
      endpoint: url,
      liveness: LIVENESS,
      // All clocks here are one: the bounds are shown as they are, without an allowance for others.
      clockTolerance: '0s',
      allowInsecureLoopback: true,
    }),
    get calls() {
      return asked.reduce((sum, { hits }) => sum + hits, 0)
    },
    issue: (lifetime = LONG_LIFETIME) => pool.accessToken({ expiresIn: lifetime * 1_000 }),
    revoke: (token) => pool.revoke(token),
    async goDown() {
      for (const endpoint of asked) endpoint.drop()
    },
    async comeBack() {
      for (const endpoint of asked) endpoint.recover()
    },
    close: () => pool.close(),
  }
}
