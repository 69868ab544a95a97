import { createResourceServer, inMemoryRevocationList, type IssuerExplanation } from '@tokenward/core'
import { serveApi } from '../servers/protected-api.ts'
import type { Upstream } from '../servers/upstream.ts'

/** One way to trade latency for revocation lag. */
export interface Setting {
  /** The policy's `maxRevocationLag`. */
  readonly maxRevocationLag: 'token-lifetime' | '2s' | '1s' | '0s'
  readonly tokens: 'jwt' | 'opaque'
  /** What the tables call it, such as `'Cognito JWT'`. */
  readonly tokensOf: string
  /** How a revocation becomes known. */
  readonly source: string
  /** Milliseconds after which a revoked token is refused at the latest. */
  readonly lagBoundMs: number
  /** Seconds that tokens live where expiry is what ends them, else `undefined`. */
  readonly lifetime?: number
  /** Who revokes: the server, or the app's own logout, which writes a revocation list. */
  readonly revokedBy: 'server' | 'logout'
  readonly startUpstream: () => Promise<Upstream>
}

/** A setting in a resource server of its own, with an authorization server of its own. */
export interface RunningSetting {
  readonly setting: Setting
  readonly upstream: Upstream
  readonly ordersUrl: string
  readonly logoutUrl: string
  /** What the product itself says the policy means for these tokens. */
  readonly explanation: IssuerExplanation
  /** Why the last request was not granted, or could not be asked about. */
  readonly lastReason: string | undefined
  close(): Promise<void>
}

export async function startSetting(setting: Setting): Promise<RunningSetting> {
  const upstream = await setting.startUpstream()
  const revocationList = setting.revokedBy === 'logout' ? inMemoryRevocationList() : undefined
  let lastReason: string | undefined
  const resourceServer = createResourceServer({
    issuers: [upstream.issuer],
    revocationList,
    realm: 'orders',
    onEvent(event) {
      // What a client is told as "unavailable" has its reason in the event of the call.
      if (event.type === 'request-refused' || event.type === 'live-check-failed') lastReason = event.reason
    },
  })
  const policy = resourceServer.policy({ name: 'orders', maxRevocationLag: setting.maxRevocationLag })
  const explanation = resourceServer.explain(policy).issuers.find(({ tokens }) => tokens === setting.tokens)
  if (explanation === undefined) throw new Error(`The policy admits no ${setting.tokens} tokens`)
  const api = await serveApi({ resourceServer, policy, revocationList })
  return {
    setting,
    upstream,
    ordersUrl: api.ordersUrl,
    logoutUrl: api.logoutUrl,
    explanation,
    get lastReason() {
      return lastReason
    },
    async close() {
      await api.close()
      await resourceServer.close()
      await upstream.close()
    },
  }
}
