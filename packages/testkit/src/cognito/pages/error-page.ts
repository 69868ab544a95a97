import type { FakeResponse } from '../../endpoints/fake-server.js'
import type { AppClient } from '../app-clients.js'
import { html, NOTHING, page } from './page.js'

/** What a browser shows where there is nowhere to redirect to. It says what a test has to declare. */
export function errorPage(error: string, client: AppClient | undefined): FakeResponse {
  return page(
    400,
    'Something is not right',
    html`<p role="alert"><code>${error}</code></p>
${error === 'redirect_mismatch' && client !== undefined ? redirectHelp(client) : NOTHING}
${error === 'invalid_request' ? REQUEST_HELP : NOTHING}`,
  )
}

const REQUEST_HELP = html`<p>The request names no app client of this pool, lacks a parameter, or has one twice. App
clients are declared in <code>fakeCognito({ clients: [ … ] })</code>.</p>`

function redirectHelp({ clientId, redirectUris, logoutUris }: AppClient) {
  const known = [...redirectUris, ...logoutUris]
  return html`<p>The app client <code>${clientId}</code> may not be redirected there. It knows
${known.length === 0 ? 'no address at all' : html`<code>${known.join(', ')}</code>`}; addresses are declared as
<code>redirectUris</code> and <code>logoutUris</code> of the client, and compared as text.</p>`
}
