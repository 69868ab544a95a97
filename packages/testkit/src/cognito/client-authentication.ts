import { clientCredentials } from '../endpoints/client-credentials.js'
import type { FakeRequest } from '../endpoints/fake-server.js'
import type { AppClient, AppClients } from './app-clients.js'

/**
 * The app client that sends a form: a confidential one shows its secret by `client_secret_basic` or `client_secret_post`,
 * a public one its id alone. `'ambiguous'` when it does not say who it is, or says so twice.
 */
export function authenticatedClient(
  clients: AppClients,
  request: FakeRequest,
  form: ReadonlyMap<string, string>,
): AppClient | 'ambiguous' | 'refused' {
  const credentials = clientCredentials(request, form)
  if (credentials === undefined || credentials === 'several') return 'ambiguous'
  const client = clients.find(credentials.clientId)
  return client !== undefined && (credentials.clientSecret ?? '') === (client.clientSecret ?? '') ? client : 'refused'
}
