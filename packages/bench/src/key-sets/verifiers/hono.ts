import { verifyWithJwks } from 'hono/jwt'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { MakeVerifier } from '../verifier.ts'

/** It keeps no keys. */
export const makeVerifier: MakeVerifier = ({ jwksUrl: jwks_uri, timeout }) => {
  const verification = { iss: ISSUER, aud: AUDIENCE }
  return (token) =>
    verifyWithJwks(
      token,
      { jwks_uri, verification, allowedAlgorithms: ['RS256'] },
      { signal: AbortSignal.timeout(timeout) },
    )
}
