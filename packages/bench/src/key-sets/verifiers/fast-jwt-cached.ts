import { createVerifier } from 'fast-jwt'
import buildGetJwks from 'get-jwks'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { MakeVerifier } from '../verifier.ts'

/** With its cache of tokens, which is off unless asked for. */
export const makeVerifier: MakeVerifier = ({ origin, refreshAfter }) => {
  const keys = buildGetJwks({ ttl: refreshAfter })
  const key = async ({ header }: { readonly header: { readonly kid: string; readonly alg: string } }) =>
    keys.getPublicKey({ domain: origin, kid: header.kid, alg: header.alg })
  return createVerifier({ key: key as never, allowedIss: ISSUER, allowedAud: AUDIENCE, cache: 10_000 })
}
