import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, SCOPE } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

export const prepare: Prepare<VerificationSetup> = async ({ tokens, jwks }) => {
  const verifier = JwtVerifier.create({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUri: `${ISSUER}/jwks`,
    scope: SCOPE,
  })
  verifier.cacheJwks(jwks as Jwks)
  return (index) => verifier.verifySync(tokens[index % tokens.length] as string)
}
