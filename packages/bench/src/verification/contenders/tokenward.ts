import { authorizationServer, createResourceServer } from '@tokenward/core'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, SCOPE } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

export const prepare: Prepare<VerificationSetup> = async ({ tokens, jwks }) => {
  const issuer = authorizationServer({ issuer: ISSUER, audience: AUDIENCE, jwks: jwks as never })
  const api = createResourceServer({ issuers: [issuer] })
  const policy = api.policy({ scopes: [SCOPE] })
  return (index) => api.verify(tokens[index % tokens.length] as string, policy)
}
