import { clientCredentials } from '../endpoints/client-credentials.js'
import type { FakeRequest, FakeResponse } from '../endpoints/fake-server.js'
import { readForm } from '../endpoints/form.js'
import { nothingToSay, oauthError } from '../endpoints/oauth-answers.js'
import { invalidClient, isClient } from './introspection-endpoint.js'
import type { IssuedTokens } from './issued-tokens.js'
import type { IntrospectingClient } from './server-settings.js'

/**
 * RFC 7009 §2. A public client, which shows its id alone, ends tokens that were issued to it; the client that may
 * introspect ends any.
 */
export function answerRevocation(
  request: FakeRequest,
  issued: IssuedTokens,
  client: IntrospectingClient,
): FakeResponse {
  const form = readForm(request)
  const token = form?.get('token')
  if (form === undefined || token === undefined || token === '') return oauthError(400, 'invalid_request')
  const given = clientCredentials(request, form)
  if (given === 'several') return oauthError(400, 'invalid_request')
  if (given === undefined) return invalidClient()
  if (!isClient(given, client)) {
    if (given.clientSecret !== undefined || given.clientId === client.clientId) return invalidClient()
    const owner = issued.clientOf(token)
    if (owner !== undefined && owner !== given.clientId) return oauthError(400, 'unauthorized_client')
  }
  issued.revoke(token)
  return nothingToSay()
}
