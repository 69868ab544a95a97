import type { FakeKind } from '../endpoints/fake-server.js'
import { isText } from '../given-values.js'
import { refuseUnknown } from '../known-names.js'
import type { SigningAlgorithm } from '../jws/signing-key.js'
import type { Randomness } from '../randomness.js'

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
  /**
   * The same seed gives the same issuer, secret, subs, names of keys, token ids and opaque tokens, as long as the test does
   * the same. Keys, and thereby signatures, are fresh in any case, and times are those of the clock. Of servers with one
   * seed only one may listen at a time. Default none: all is random.
   */
  readonly seed?: string | number
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

const { maker } = AUTHORIZATION_SERVER
const KNOWN = ['issuer', 'served', 'algorithm', 'audience', 'clientId', 'seed']

/** Before anything is opened. */
export function checkServerOptions(options: FakeAuthorizationServerOptions): void {
  refuseUnknown(maker, 'the server', options, KNOWN)
  const { issuer, served = false, algorithm, audience, clientId } = options
  if (issuer !== undefined && !(URL.canParse(issuer) && /^https?:\/\/[^?#]+$/.test(issuer))) {
    throw new TypeError(`${maker}: issuer must be a URL without query and fragment`)
  }
  if (typeof served !== 'boolean' && served !== 'https') {
    throw new TypeError(`${maker}: served must be true, false or 'https'`)
  }
  if (served !== false && options.issuer !== undefined) {
    throw new TypeError(`${maker}: a served server is its own issuer; leave issuer out, or call serve() afterwards`)
  }
  if (algorithm !== undefined && algorithm !== 'RS256' && algorithm !== 'ES256') {
    throw new TypeError(`${maker}: algorithm must be 'RS256' or 'ES256'`)
  }
  for (const [name, value] of Object.entries({ audience, clientId })) {
    if (value !== undefined && !isText(value)) throw new TypeError(`${maker}: ${name} must be text, not empty`)
  }
}

/** Of options that were checked. `servedAt` is the origin of the port, where one was opened. */
export function serverSettings(
  options: FakeAuthorizationServerOptions,
  servedAt: string | undefined,
  random: Randomness,
): ServerSettings {
  const { issuer, algorithm = 'RS256', audience = 'https://api.example', clientId = 'resource-server' } = options
  return {
    issuer: issuer ?? servedAt ?? `https://auth-${random.bytes('issuer', 6).toString('hex')}.example`,
    algorithm,
    audience,
    client: { clientId, clientSecret: random.bytes('client secret', 24).toString('base64url') },
  }
}
