import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

export const prepare: Prepare<VerificationSetup> = async ({ tokens, jwks, algorithm }) => {
  const keys = createLocalJWKSet(jwks as JSONWebKeySet)
  const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: [algorithm], typ: 'at+jwt' }
  return async (index) => {
    const { payload } = await jwtVerify(tokens[index % tokens.length] as string, keys, options)
    mustHaveScope(payload['scope'])
  }
}
