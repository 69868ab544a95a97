import * as oauth from 'oauth4webapi'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { MakeVerifier } from '../verifier.ts'

/** Seconds that it takes a key set for fresh, whatever anybody says. */
const FRESH = 300

export const makeVerifier: MakeVerifier = ({ jwksUrl, refreshAfter, timeout }) => {
  const server: oauth.AuthorizationServer = { issuer: ISSUER, jwks_uri: jwksUrl }
  const cache: oauth.JWKSCacheInput = {}
  /** What it fetched is made older than it is, so that it ends when the others do. */
  let fetchedAt: number | undefined
  return async (token) => {
    const request = new Request('https://api.example.com/orders', { headers: { authorization: `Bearer ${token}` } })
    try {
      return await oauth.validateJwtAccessToken(server, request, AUDIENCE, {
        [oauth.allowInsecureRequests]: true,
        [oauth.jwksCache]: cache,
        signal: () => AbortSignal.timeout(timeout),
      })
    } finally {
      const { uat } = cache as { uat?: number }
      if (uat !== undefined && uat !== fetchedAt) {
        fetchedAt = uat - Math.max(0, FRESH - refreshAfter / 1_000)
        Object.assign(cache, { uat: fetchedAt })
      }
    }
  }
}
