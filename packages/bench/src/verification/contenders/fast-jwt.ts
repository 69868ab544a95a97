import { createVerifier } from 'fast-jwt'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

/** With one key that is fixed. */
export const prepare: Prepare<VerificationSetup> = async ({ tokens, publicKey, algorithm }) => {
  const verify = createVerifier({
    key: publicKey,
    algorithms: [algorithm],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    checkTyp: 'at+jwt',
    cache: false,
  })
  return (index) => mustHaveScope(verify(tokens[index % tokens.length] as string).scope)
}
