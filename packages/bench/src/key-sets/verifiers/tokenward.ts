import { authorizationServer, createResourceServer } from '@tokenward/core'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { MakeVerifier } from '../verifier.ts'

export const makeVerifier: MakeVerifier = ({ jwksUrl, refreshAfter, maxAge, timeout }) => {
  const issuer = authorizationServer({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: jwksUrl,
    refreshAfter,
    maxAge,
    timeout,
    allowInsecureLoopback: true,
  })
  const api = createResourceServer({ issuers: [issuer] })
  return (token) => api.verify(token)
}
