import { createVerifier } from 'fast-jwt'
import buildGetJwks from 'get-jwks'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

/** The two packages, put together as their documentation does. */
export const prepare: Prepare<VerificationSetup> = async ({ tokens, algorithm, endpoint }) => {
  const keys = buildGetJwks({ ttl: 3_600_000 })
  const verify = createVerifier({
    key: (async ({ header }: { readonly header: { readonly kid: string; readonly alg: string } }) =>
      keys.getPublicKey({ domain: endpoint, kid: header.kid, alg: header.alg })) as never,
    algorithms: [algorithm],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    checkTyp: 'at+jwt',
    cache: false,
  })
  return async (index) => mustHaveScope((await verify(tokens[index % tokens.length] as string)).scope)
}
