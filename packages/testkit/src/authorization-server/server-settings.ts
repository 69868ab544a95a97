import { randomBytes } from 'node:crypto'
import type { FakeKind } from '../endpoints/fake-server.js'
import { refuseUnknown } from '../known-names.js'
import type { SigningAlgorithm } from '../jws/signing-key.js'

/** What a fake authorization server is made with. */
export interface FakeAuthorizationServerOptions {
  /** Its issuer identifier (RFC 8414 §2). Default `https://auth-<random>.example`. May have a path. */
  readonly issuer?: string
  /**
   * Opens a loopback port at once, whose origin becomes the issuer: metadata must name the issuer it was asked for (RFC
   * 8414 §3.3), which is how clients that discover the endpoints reach a server on a real port. `'https'`: over TLS, with a
   * certificate of a throw-away authority, which `serve()` tells. Default `false`.
   */
  readonly served?: boolean | 'https'
  /** What tokens and signed answers are signed with. Default `'RS256'`. */
  readonly algorithm?: SigningAlgorithm
  /** `aud` of tokens that are not told otherwise. Default `'https://api.example'`. */
  readonly audience?: string
  /** Id of the client that may introspect. Default `'resource-server'`; its secret is random. */
  readonly clientId?: string
}

export const AUTHORIZATION_SERVER: FakeKind = { maker: 'fakeAuthorizationServer', noun: 'server' }

/** The client that may introspect: the API itself (RFC 7662 §2.1). */
export interface IntrospectingClient {
  /** Its id. */
  readonly clientId: string
  /** Its secret, for `client_secret_basic` or `client_secret_post`. */
  readonly clientSecret: string
}

export interface ServerSettings {
  readonly issuer: string
  readonly algorithm: SigningAlgorithm
  readonly audience: string
  readonly client: IntrospectingClient
}

const KNOWN = ['issuer', 'served', 'algorithm', 'audience', 'clientId']

/** Checks the options. `servedAt` is the origin of the port, where one was opened. */
export function serverSettings(options: FakeAuthorizationServerOptions, servedAt: string | undefined): ServerSettings {
  const { maker } = AUTHORIZATION_SERVER
  refuseUnknown(maker, 'the server', options, KNOWN)
  const {
    issuer = servedAt ?? `https://auth-${randomBytes(6).toString('hex')}.example`,
    served = false,
    algorithm = 'RS256',
    audience = 'https://api.example',
    clientId = 'resource-server',
  } = options
  if (!URL.canParse(issuer) || !/^https?:\/\/[^?#]+$/.test(issuer)) {
    throw new TypeError(`${maker}: issuer must be a URL without query and fragment`)
  }
  if (typeof served !== 'boolean' && served !== 'https') {
    throw new TypeError(`${maker}: served must be true, false or 'https'`)
  }
  if (served !== false && options.issuer !== undefined) {
    throw new TypeError(`${maker}: a served server is its own issuer; leave issuer out, or call serve() afterwards`)
  }
  if (algorithm !== 'RS256' && algorithm !== 'ES256') {
    throw new TypeError(`${maker}: algorithm must be 'RS256' or 'ES256'`)
  }
  for (const [name, value] of Object.entries({ audience, clientId })) {
    if (typeof value !== 'string' || value === '') throw new TypeError(`${maker}: ${name} must be text, not empty`)
  }
  const clientSecret = randomBytes(24).toString('base64url')
  return { issuer, algorithm, audience, client: { clientId, clientSecret } }
}
