import * as oauth from 'oauth4webapi'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER } from '../../tokens.ts'
import type { IntrospectionSetup } from '../introspection-rows.ts'

/** What a route that always asks does with a JWT: validates it, and asks about it. */
export const prepare: Prepare<IntrospectionSetup> = async ({ endpoint, tokens, jwks }) => {
  const server: oauth.AuthorizationServer = {
    issuer: ISSUER,
    introspection_endpoint: endpoint,
    jwks_uri: `${ISSUER}/jwks`,
  }
  const client: oauth.Client = { client_id: 'orders-api' }
  const authentication = oauth.ClientSecretBasic('a secret of this API')
  // Fetched in an hour from now, and so never fetched again here.
  const fetched: oauth.JWKSCacheInput = { jwks: jwks as oauth.JWKS, uat: Math.floor(Date.now() / 1_000) + 3_600 }
  return async (index) => {
    const token = tokens[index % tokens.length] as string
    const request = new Request('https://api.example.com/orders', { headers: { authorization: `Bearer ${token}` } })
    await oauth.validateJwtAccessToken(server, request, AUDIENCE, { [oauth.jwksCache]: fetched })
    const response = await oauth.introspectionRequest(server, client, authentication, token, {
      [oauth.allowInsecureRequests]: true,
    })
    const answer = await oauth.processIntrospectionResponse(server, client, response)
    if (!answer.active) throw new Error('not active')
  }
}
