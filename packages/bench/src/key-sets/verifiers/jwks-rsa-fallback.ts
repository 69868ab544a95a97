import jwksClient from 'jwks-rsa'
import type { MakeVerifier } from '../verifier.ts'
import { verifyingWith } from './jwks-rsa.ts'

/** With its option for outages, which is off unless asked for. */
export const makeVerifier: MakeVerifier = ({ jwksUrl: jwksUri, refreshAfter, maxAge, timeout }) => {
  const cacheMaxAgeFallback = maxAge - refreshAfter
  return verifyingWith(jwksClient({ jwksUri, cacheMaxAge: refreshAfter, cacheMaxAgeFallback, timeout }))
}
