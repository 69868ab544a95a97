import * as oauth from 'oauth4webapi'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import { type ProofSetup, TARGET } from '../sender-setup.ts'

export const prepare: Prepare<ProofSetup> = async ({ tokens, proofs, jwks }) => {
  const server: oauth.AuthorizationServer = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` }
  // Fetched in an hour from now, and so never fetched again here.
  const fetched: oauth.JWKSCacheInput = { jwks: jwks as oauth.JWKS, uat: Math.floor(Date.now() / 1_000) + 3_600 }
  const options = { [oauth.jwksCache]: fetched, signingAlgorithms: ['ES256'], requireDPoP: true }
  return async (index) => {
    const place = index % tokens.length
    const headers = { authorization: `DPoP ${tokens[place]}`, dpop: proofs[place] as string }
    const claims = await oauth.validateJwtAccessToken(server, new Request(TARGET, { headers }), AUDIENCE, options)
    mustHaveScope(claims.scope)
  }
}
