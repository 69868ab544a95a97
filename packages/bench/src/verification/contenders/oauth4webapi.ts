import * as oauth from 'oauth4webapi'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

export const prepare: Prepare<VerificationSetup> = async ({ tokens, jwks, algorithm }) => {
  const server: oauth.AuthorizationServer = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` }
  // Fetched in an hour from now, and so never fetched again here.
  const fetched: oauth.JWKSCacheInput = { jwks: jwks as oauth.JWKS, uat: Math.floor(Date.now() / 1_000) + 3_600 }
  const options = {
    [oauth.jwksCache]: fetched,
    signingAlgorithms: [algorithm === 'EdDSA' ? 'Ed25519' : algorithm, algorithm],
  }
  return async (index) => {
    const headers = { authorization: `Bearer ${tokens[index % tokens.length]}` }
    const request = new Request('https://api.example.com/orders', { headers })
    const claims = await oauth.validateJwtAccessToken(server, request, AUDIENCE, options)
    mustHaveScope(claims.scope)
  }
}
