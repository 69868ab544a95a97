import { authorizationServer, createResourceServer } from '@tokenward/core'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, SCOPE } from '../../tokens.ts'
import type { VerificationSetup } from '../../verification/verification-setup.ts'
import { freshTokens } from '../fresh-tokens.ts'

/** As it is without being told anything about memory. */
export const prepare: Prepare<VerificationSetup> = async ({ tokens, jwks }) => {
  const issuer = authorizationServer({ issuer: ISSUER, audience: AUDIENCE, jwks: jwks as never })
  const api = createResourceServer({ issuers: [issuer] })
  const policy = api.policy({ scopes: [SCOPE] })
  // It remembers what has come twice.
  for (const token of [...tokens, ...tokens]) await api.verify(token, policy)
  const next = freshTokens(tokens)
  return () => api.verify(next(), policy)
}
