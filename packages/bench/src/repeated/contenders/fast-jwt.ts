import { createVerifier } from 'fast-jwt'
import type { Operation, Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import type { VerificationSetup } from '../../verification/verification-setup.ts'
import { freshTokens } from '../fresh-tokens.ts'

export const prepare: Prepare<VerificationSetup> = async (setup) => withCache(setup, {})

/** The cache it brings, large enough for all. */
export function withCache({ tokens, publicKey, algorithm }: VerificationSetup, options: object): Operation {
  const verify = createVerifier({
    key: publicKey,
    algorithms: [algorithm],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    checkTyp: 'at+jwt',
    cache: 10_000,
    ...options,
  })
  for (const token of tokens) verify(token)
  const next = freshTokens(tokens)
  return () => mustHaveScope(verify(next()).scope)
}
