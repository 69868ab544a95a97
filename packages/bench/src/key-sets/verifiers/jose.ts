import { createRemoteJWKSet, jwtVerify } from 'jose'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { MakeVerifier } from '../verifier.ts'

export const makeVerifier: MakeVerifier = ({ jwksUrl, refreshAfter, timeout }) => {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cacheMaxAge: refreshAfter, timeoutDuration: timeout })
  return (token) => jwtVerify(token, keys, { issuer: ISSUER, audience: AUDIENCE })
}
