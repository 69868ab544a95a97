import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { ValidationSetup } from '../validation-cost.ts'

export const prepare: Prepare<ValidationSetup> = async ({ tokens, jwks, algorithm }) => {
  const keys = createLocalJWKSet(jwks as JSONWebKeySet)
  const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: [algorithm] }
  return async (index) => {
    const { payload } = await jwtVerify(tokens[index % tokens.length] as string, keys, options)
    if (!String(payload['scope']).split(' ').includes('orders/read')) throw new Error('no scope')
  }
}
