import { JwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { MakeVerifier } from '../verifier.ts'

/** Its own client speaks https alone; this one keeps the deadline and tries a second time, as that does. */
export const makeVerifier: MakeVerifier = ({ jwksUrl, timeout }) => {
  const once = async (): Promise<ArrayBuffer> => {
    const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(timeout) })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return response.arrayBuffer()
  }
  const jwksCache = new SimpleJwksCache({ fetcher: { fetch: () => once().catch(once) } })
  const verifier = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE, jwksUri: jwksUrl }, { jwksCache })
  return (token) => verifier.verify(token)
}
