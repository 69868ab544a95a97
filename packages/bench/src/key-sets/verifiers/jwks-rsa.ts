import jsonwebtoken from 'jsonwebtoken'
import jwksClient from 'jwks-rsa'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { MakeVerifier } from '../verifier.ts'

export const makeVerifier: MakeVerifier = (settings) => {
  const { jwksUrl: jwksUri, refreshAfter: cacheMaxAge, timeout } = settings
  return verifyingWith(jwksClient({ jwksUri, cacheMaxAge, timeout }))
}

export function verifyingWith(keys: jwksClient.JwksClient) {
  return (token: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      jsonwebtoken.verify(
        token,
        ({ kid }, callBack) => keys.getSigningKey(kid, (error, key) => callBack(error, key?.getPublicKey())),
        { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'] },
        (error, payload) => (error === null ? resolve(payload) : reject(error)),
      )
    })
}
