import jsonwebtoken from 'jsonwebtoken'
import jwksClient from 'jwks-rsa'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, mustHaveScope } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

/** The two packages, put together as their documentation does. */
export const prepare: Prepare<VerificationSetup> = async ({ tokens, algorithm, endpoint }) => {
  const keys = jwksClient({ jwksUri: `${endpoint}/.well-known/jwks.json` })
  const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: [algorithm as 'RS256'] }
  return (index) =>
    new Promise<unknown>((resolve, reject) => {
      jsonwebtoken.verify(
        tokens[index % tokens.length] as string,
        ({ kid }, callBack) => keys.getSigningKey(kid, (error, key) => callBack(error, key?.getPublicKey())),
        options,
        (error, payload) => {
          if (error !== null) return reject(error)
          // What is thrown here would end the process.
          return resolve((payload as { readonly scope?: unknown }).scope)
        },
      )
    }).then(mustHaveScope)
}
