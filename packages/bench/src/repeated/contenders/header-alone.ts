import type { Prepare } from '../../measure/contender.ts'
import type { VerificationSetup } from '../../verification/verification-setup.ts'
import { freshTokens } from '../fresh-tokens.ts'

/** Reading the token, which is on nobody's account. */
export const prepare: Prepare<VerificationSetup> = async ({ tokens }) => {
  const next = freshTokens(tokens)
  return async () => {
    if (next().length === 0) throw new Error('no token')
  }
}
