import * as oauth from 'oauth4webapi'
import type { Prepare } from '../../measure/contender.ts'
import { ISSUER } from '../../tokens.ts'
import type { IntrospectionSetup } from '../introspection-rows.ts'

export const prepare: Prepare<IntrospectionSetup> = async ({ endpoint, tokens }) => {
  const server: oauth.AuthorizationServer = { issuer: ISSUER, introspection_endpoint: endpoint }
  const client: oauth.Client = { client_id: 'orders-api' }
  const authentication = oauth.ClientSecretBasic('a secret of this API')
  return async (index) => {
    const token = tokens[index % tokens.length] as string
    const response = await oauth.introspectionRequest(server, client, authentication, token, {
      [oauth.allowInsecureRequests]: true,
    })
    const answer = await oauth.processIntrospectionResponse(server, client, response)
    if (!answer.active) throw new Error('not active')
  }
}
