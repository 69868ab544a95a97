import type { TrustedIssuer } from '@tokenward/core'

/** Seconds: longer than the lab runs, so that expiry plays no part unless it is what is measured. */
export const LONG_LIFETIME = 600

/** An authorization server on a loopback port, as a setting needs it. */
export interface Upstream {
  /** The server as the API trusts it. */
  readonly issuer: TrustedIssuer
  /** Requests that have come from the API so far; those of the lab itself are not among them. */
  readonly calls: number
  /** A token with a login of its own. `lifetime` in seconds; default {@link LONG_LIFETIME}. */
  issue(lifetime?: number): Promise<string>
  /** Revokes at the server; it is confirmed when this resolves. */
  revoke(token: string): Promise<void>
  /** The outage: nobody is answered. */
  goDown(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}
