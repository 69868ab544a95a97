import { createVerifier } from 'fast-jwt'
import buildGetJwks from 'get-jwks'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { MakeVerifier } from '../verifier.ts'

export const makeVerifier: MakeVerifier = ({ origin, refreshAfter, timeout }) => {
  const keys = buildGetJwks({ ttl: refreshAfter, timeout } as object)
  const key = async ({ header }: { readonly header: { readonly kid: string; readonly alg: string } }) =>
    keys.getPublicKey({ domain: origin, kid: header.kid, alg: header.alg })
  return createVerifier({ key: key as never, allowedIss: ISSUER, allowedAud: AUDIENCE, cache: false })
}
