import { createVerifier } from 'fast-jwt'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { ValidationSetup } from '../validation-cost.ts'

/** It takes one key, and knows no key sets. */
export const prepare: Prepare<ValidationSetup> = async ({ tokens, publicKey, algorithm }) => {
  const verify = createVerifier({
    key: publicKey,
    algorithms: [algorithm],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    cache: false,
  })
  return (index) => {
    const { scope } = verify(tokens[index % tokens.length] as string) as { readonly scope: string }
    if (!scope.split(' ').includes('orders/read')) throw new Error('no scope')
  }
}
