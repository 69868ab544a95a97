import { auth } from 'express-oauth2-jwt-bearer'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import { ExpressRequest } from '../../verification/contenders/express-oauth2-jwt-bearer.ts'
import type { MakeVerifier } from '../verifier.ts'

export const makeVerifier: MakeVerifier = ({ jwksUrl, refreshAfter, timeout }) => {
  const authenticate = auth({
    issuer: ISSUER,
    jwksUri: jwksUrl,
    audience: AUDIENCE,
    tokenSigningAlg: 'RS256',
    cacheMaxAge: refreshAfter,
    timeoutDuration: timeout,
  })
  return (token) =>
    new Promise((resolve, reject) => {
      const next = (error?: unknown) => (error === undefined ? resolve(undefined) : reject(error))
      void authenticate(new ExpressRequest(`Bearer ${token}`) as never, {} as never, next)
    })
}
