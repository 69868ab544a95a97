import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { ValidationSetup } from '../validation-cost.ts'

export const prepare: Prepare<ValidationSetup> = async ({ tokens, jwks }) => {
  const verifier = JwtVerifier.create({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUri: `${ISSUER}/jwks`,
    scope: 'orders/read',
  })
  verifier.cacheJwks(jwks as Jwks)
  return (index) => verifier.verifySync(tokens[index % tokens.length] as string)
}
