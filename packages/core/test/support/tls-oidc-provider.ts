import { generateKeyPairSync, randomBytes } from 'node:crypto'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { CertificateAuthority, DpopKey, IssuedCertificate } from '@tokenward/testkit'
import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { onTestFinished, vi } from 'vitest'
import { API } from './oidc-provider.js'

/** An authorization server that is not ours, over TLS, which binds tokens to what their clients show. */
export interface TlsOidcProvider {
  readonly issuer: string
  /** A token that is bound to the certificate. */
  certificateBound(client: IssuedCertificate): Promise<string>
  /** A token that is bound to the key. */
  keyBound(key: DpopKey): Promise<string>
  /** A token that is bound to nothing. */
  unbound(): Promise<string>
}

const SECRET = randomBytes(24).toString('base64url')
const CLIENTS = {
  partner: { tls_client_certificate_bound_access_tokens: true },
  app: { dpop_bound_access_tokens: true },
  plain: {},
} as const

/** What a TLS server needs that looks at its clients' certificates itself. */
export async function serverOptions(authority: CertificateAuthority): Promise<https.ServerOptions> {
  const { certificate: cert, privateKey: key } = await authority.serverCertificate()
  return { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false }
}

export interface TlsResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A request over a new connection, with the certificate of a client, where there is one. */
export async function sendOverTls(
  url: string,
  {
    ca,
    client,
    body,
    ...options
  }: https.RequestOptions & { readonly client?: IssuedCertificate | undefined; readonly body?: string },
): Promise<TlsResponse> {
  return new Promise((resolve, reject) => {
    const identity = client && { cert: client.chain, key: client.privateKey }
    https
      .request(url, { ...options, ca, ...identity, agent: false }, async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
      .on('error', reject)
      .end(body)
  })
}

export async function tlsOidcProvider(
  authority: CertificateAuthority,
  accessTokenFormat: 'jwt' | 'opaque',
): Promise<TlsOidcProvider> {
  // It says on the console what its defaults are not meant for.
  for (const method of ['info', 'warn'] as const) {
    const silenced = vi.spyOn(console, method).mockImplementation(() => {})
    onTestFinished(() => silenced.mockRestore())
  }
  const server = https.createServer(
    await serverOptions(authority),
    (request, response) => void handle(request, response),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider = new Provider(issuer, {
    clients: [
      ...Object.entries(CLIENTS).map(([client_id, metadata]) => ({
        client_id,
        client_secret: SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        ...metadata,
      })),
      { client_id: 'api', client_secret: SECRET, grant_types: [], redirect_uris: [], response_types: [] },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'signing' } as never] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      dPoP: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        getCertificate: ({ socket }: KoaContextWithOIDC) => (socket as TLSSocket).getPeerX509Certificate()?.toString(),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API,
        getResourceServerInfo: () => ({
          scope: 'orders/read',
          audience: API,
          ...(accessTokenFormat === 'jwt'
            ? { accessTokenFormat, jwt: { sign: { alg: 'RS256' as const } } }
            : { accessTokenFormat }),
        }),
      },
    },
  })
  const handle = provider.callback()

  async function token(
    clientId: keyof typeof CLIENTS,
    shown: { readonly client?: IssuedCertificate; readonly headers?: Record<string, string> } = {},
  ): Promise<string> {
    const { status, body } = await sendOverTls(`${issuer}/token`, {
      method: 'POST',
      ca: authority.certificate,
      client: shown.client,
      headers: {
        authorization: `Basic ${btoa(`${clientId}:${SECRET}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
        ...shown.headers,
      },
      body: 'grant_type=client_credentials&scope=orders%2Fread',
    })
    if (status !== 200) throw new Error(`/token: ${status} ${body}`)
    return (JSON.parse(body) as { readonly access_token: string }).access_token
  }

  return {
    issuer,
    certificateBound: (client) => token('partner', { client }),
    async keyBound(key) {
      const dpop = await key.proof({ method: 'POST', url: `${issuer}/token` })
      return token('app', { headers: { dpop } })
    },
    unbound: () => token('plain'),
  }
}

/** The client of the provider that introspects. */
export const INTROSPECTING = { clientId: 'api', clientSecret: SECRET }
