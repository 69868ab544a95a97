import { verifyWithJwks } from 'hono/jwt'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

type Options = Parameters<typeof verifyWithJwks>[1]

export const prepare: Prepare<VerificationSetup> = async ({ tokens, jwks, algorithm }) => {
  const options = {
    keys: (jwks as { readonly keys: Options['keys'] }).keys,
    verification: { iss: ISSUER, aud: AUDIENCE },
    allowedAlgorithms: [algorithm],
  } as Options
  return async (index) => {
    const payload = await verifyWithJwks(tokens[index % tokens.length] as string, options)
    mustHaveScope(payload['scope'])
  }
}
