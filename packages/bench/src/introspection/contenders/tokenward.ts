import { authorizationServer, clientSecretBasic, createResourceServer } from '@tokenward/core'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { IntrospectionSetup } from '../introspection-rows.ts'

export const prepare: Prepare<IntrospectionSetup> = async ({ endpoint, tokens, jwks }) => {
  const issuer = authorizationServer({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: jwks as never,
    opaqueTokens: true,
    introspection: { endpoint, clientAuthentication: clientSecretBasic('orders-api', 'a secret of this API') },
    allowInsecureLoopback: true,
  })
  const api = createResourceServer({ issuers: [issuer], maxVerifiedTokens: 0 })
  const policy = api.policy({ scopes: ['orders/read'], maxRevocationLag: '0s' })

  async function operation(index: number): Promise<void> {
    const authorization = `Bearer ${tokens[index % tokens.length]}`
    const outcome = await api.authorize({ method: 'GET', url: '/orders', headers: { authorization } }, policy)
    if (outcome.outcome !== 'granted') throw new Error(`not granted: ${outcome.reason}`)
    if (outcome.principal.evidence.source !== 'live-call') throw new Error('nobody was asked')
  }
  // Tokens that were never seen to be active may take a quarter of the calls at once; the rounds are about known ones.
  for (const index of tokens.keys()) await operation(index)
  return operation
}
