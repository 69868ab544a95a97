import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authorizationServer, clientSecretBasic } from '@tokenward/core'
import { type JWKS, Provider } from 'oidc-provider'
import { LONG_LIFETIME, type Upstream } from './upstream.ts'

const API = 'https://orders.example.com'
const SCOPE = 'orders/read'
const CLIENT = { client_id: 'web', client_secret: 'web-secret' }
const RESOURCE_SERVER = { client_id: 'orders', client_secret: 'orders-secret' }
/** Where the lab itself gets tokens and revokes them. */
const OWN_PATHS = new Set(['/token', '/token/revocation'])

/** An authorization server that is not ours, with opaque tokens. An outage closes its port. */
export async function oidcProvider(): Promise<Upstream> {
  let calls = 0
  const server = createServer((request, response) => {
    if (!OWN_PATHS.has(request.url ?? '')) calls += 1
    void handle(request, response)
  })
  await listen(server, 0)
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const handle = silently(() => providerAt(issuer)).callback()

  async function post(path: string, form: Readonly<Record<string, string>>): Promise<Response> {
    const authorization = `Basic ${btoa(`${CLIENT.client_id}:${CLIENT.client_secret}`)}`
    const response = await fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    })
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response
  }

  return {
    issuer: authorizationServer({
      issuer,
      audience: API,
      opaqueTokens: true,
      introspection: {
        clientAuthentication: clientSecretBasic(RESOURCE_SERVER.client_id, RESOURCE_SERVER.client_secret),
      },
      clockTolerance: '0s',
      allowInsecureLoopback: true,
    }),
    get calls() {
      return calls
    },
    async issue() {
      const response = await post('/token', { grant_type: 'client_credentials', scope: SCOPE })
      return ((await response.json()) as { access_token: string }).access_token
    },
    async revoke(token) {
      await post('/token/revocation', { token })
    },
    goDown: () => close(server),
    comeBack: () => listen(server, port),
    close: () => close(server),
  }
}

function providerAt(issuer: string): Provider {
  return new Provider(issuer, {
    clients: [
      { ...CLIENT, grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
      { ...RESOURCE_SERVER, grant_types: [], response_types: [], redirect_uris: [] },
    ],
    jwks: signingKeys(),
    ttl: { ClientCredentials: LONG_LIFETIME },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (_, { clientId }) => clientId === RESOURCE_SERVER.client_id },
      revocation: { enabled: true, allowedPolicy: (_, { clientId }, token) => clientId === token.clientId },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API,
        getResourceServerInfo: () => ({ scope: SCOPE, audience: API, accessTokenFormat: 'opaque' }),
      },
    },
  })
}

/** It says on the console what its defaults are not meant for. */
function silently<T>(make: () => T): T {
  const { info, warn } = console
  console.info = console.warn = () => {}
  try {
    return make()
  } finally {
    Object.assign(console, { info, warn })
  }
}

function signingKeys(): JWKS {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'signing' } as never] }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
