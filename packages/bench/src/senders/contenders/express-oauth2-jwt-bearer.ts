import { auth, requiredScopes } from 'express-oauth2-jwt-bearer'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, SCOPE } from '../../tokens.ts'
import { ExpressRequest, passing } from '../../verification/contenders/express-oauth2-jwt-bearer.ts'
import type { ProofSetup } from '../sender-setup.ts'

export const prepare: Prepare<ProofSetup> = async ({ tokens, proofs, endpoint }) => {
  const jwksUri = `${endpoint}/.well-known/jwks.json`
  const dpop = { enabled: true, required: true }
  const authenticate = auth({ issuer: ISSUER, jwksUri, audience: AUDIENCE, tokenSigningAlg: 'ES256', dpop })
  const authorize = requiredScopes(SCOPE)
  return async (index) => {
    const place = index % tokens.length
    const request = new ExpressRequest(`DPoP ${tokens[place]}`, { dpop: proofs[place] as string })
    await passing((next) => authenticate(request as never, {} as never, next))
    await passing((next) => authorize(request as never, {} as never, next))
  }
}
