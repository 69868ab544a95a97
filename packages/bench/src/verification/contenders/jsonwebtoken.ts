import { createPublicKey } from 'node:crypto'
import jsonwebtoken from 'jsonwebtoken'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

/** With one key that is fixed. */
export const prepare: Prepare<VerificationSetup> = async ({ tokens, publicKey, algorithm }) => {
  const key = createPublicKey(publicKey)
  const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: [algorithm as 'RS256'] }
  return (index) => {
    const payload = jsonwebtoken.verify(tokens[index % tokens.length] as string, key, options)
    mustHaveScope((payload as { readonly scope?: unknown }).scope)
  }
}
