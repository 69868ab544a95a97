import { authorizationServer, createResourceServer } from '@tokenward/core'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { ValidationSetup } from '../validation-cost.ts'

export const prepare: Prepare<ValidationSetup> = async ({ tokens, jwks }) => {
  const issuer = authorizationServer({ issuer: ISSUER, audience: AUDIENCE, jwks: jwks as never })
  const api = createResourceServer({ issuers: [issuer] })
  const policy = api.policy({ scopes: ['orders/read'] })
  return (index) => api.verify(tokens[index % tokens.length] as string, policy)
}
