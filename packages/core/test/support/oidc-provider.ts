import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClientMetadata, type JWKS, Provider } from 'oidc-provider'
import { onTestFinished, vi } from 'vitest'

/** The API that tokens are for, and the scopes it knows. */
export const API = 'https://orders.example.com'
const API_SCOPES = 'orders/read orders/write'

/** An authorization server that is not ours, on a loopback port, for as long as the test. Its tokens are opaque. */
export interface OidcProvider {
  readonly issuer: string
  /** A token of the client itself, by the client credentials grant. `lifetime` in seconds. */
  clientToken(scope?: string, lifetime?: number): Promise<string>
  /** Tokens as a login of that user brings them. */
  userTokens(accountId: string): Promise<{ readonly accessToken: string; readonly refreshToken: string }>
  /** Revokes a token (RFC 7009). */
  revoke(token: string): Promise<void>
  close(): Promise<void>
  /** Answers again, on the same port and with what it knew. */
  reopen(): Promise<void>
}

/** The client that tokens are issued to; those that introspect are registered by each test. */
const WEB = { client_id: 'web', client_secret: 'web-secret' }

/** Starts the server, with clients for introspection registered as given. */
export async function oidcProvider(...clients: readonly ClientMetadata[]): Promise<OidcProvider> {
  // It says on the console what its defaults are not meant for.
  for (const method of ['info', 'warn'] as const) {
    const silenced = vi.spyOn(console, method).mockImplementation(() => {})
    onTestFinished(() => silenced.mockRestore())
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const lifetime = { seconds: 600 }
  const provider = new Provider(issuer, {
    ttl: { ClientCredentials: () => lifetime.seconds },
    clients: [
      {
        ...WEB,
        grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
        redirect_uris: ['https://web.example.com'],
      },
      ...clients.map((client) => ({ redirect_uris: [], response_types: [], grant_types: [], ...client })),
    ],
    jwks: signingKeys(),
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    enabledJWA: { clientAuthSigningAlgValues: ['ES256', 'RS256', 'HS256'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      jwtIntrospection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API,
        getResourceServerInfo: () => ({ scope: API_SCOPES, audience: API, accessTokenFormat: 'opaque' }),
      },
    },
  })
  const handle = provider.callback()
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(close)

  async function post(path: string, form: Record<string, string>): Promise<Response> {
    const authorization = `Basic ${btoa(`${WEB.client_id}:${WEB.client_secret}`)}`
    const response = await fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    })
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  }

  return {
    issuer,
    async clientToken(scope = API_SCOPES, seconds = 600) {
      lifetime.seconds = seconds
      const response = await post('/token', { grant_type: 'client_credentials', scope })
      return ((await response.json()) as { access_token: string }).access_token
    },
    async userTokens(accountId) {
      const client = await provider.Client.find(WEB.client_id)
      if (client === undefined) throw new Error('the client is registered')
      const grant = new provider.Grant({ accountId, clientId: WEB.client_id })
      grant.addResourceScope(API, API_SCOPES)
      const token = { client, accountId, grantId: await grant.save(), gty: 'authorization_code', scope: API_SCOPES }
      const accessToken = new provider.AccessToken(token as never)
      accessToken.aud = API
      const refreshToken = new provider.RefreshToken({ ...token, resource: API } as never)
      return { accessToken: await accessToken.save(), refreshToken: await refreshToken.save() }
    },
    async revoke(token) {
      await post('/token/revocation', { token })
    },
    close,
    reopen: () => new Promise<void>((resolve) => server.listen(Number(new URL(issuer).port), '127.0.0.1', resolve)),
  }
}

function signingKeys(): JWKS {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'signing' } as never] }
}
