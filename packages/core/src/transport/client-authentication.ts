import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import { createAssertionSigner, type PrivateKeyJwtOptions } from './client-assertion.js'

/** Shared by every copy of this module, so that credentials made by one entry are known to another. */
const CREDENTIALS: unique symbol = Symbol.for('@tokenward/core.client-credentials')

/**
 * How this API proves to an authorization server who is asking (RFC 7662 §2.1, RFC 6749 §2.3), made by
 * {@link clientSecretBasic} and its siblings. Secrets cannot be read from it, nor do they appear when it is printed.
 */
export interface ClientAuthentication {
  /** The method's registered name (RFC 8414 §2), or `'bearer'`. */
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'tls_client_auth' | 'bearer'
  /** The client that asks; with `'bearer'` a token stands in its place. */
  readonly clientId: string | undefined
  /** @internal */
  readonly [CREDENTIALS]: (context: AuthenticationContext) => ClientCredentials | Promise<ClientCredentials>
}

export interface AuthenticationContext {
  /** The issuer identifier, which an assertion is addressed to. */
  readonly issuer: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What authentication adds to one request. */
export interface ClientCredentials {
  readonly headers?: Readonly<Record<string, string>>
  readonly parameters?: Readonly<Record<string, string>>
  /** Presented in the TLS handshake. */
  readonly certificate?: TlsClientCertificate
}

/** A client certificate and its key, as PEM. */
export interface TlsClientCertificate {
  readonly certificate: string
  readonly privateKey: string
}

/** The client's id and secret in the `Authorization` header (RFC 6749 §2.3.1). Most servers expect this. */
export function clientSecretBasic(clientId: string, clientSecret: string): ClientAuthentication {
  checkText('clientSecretBasic.clientId', clientId)
  checkText('clientSecretBasic.clientSecret', clientSecret)
  // Form-encoded first: an id or a secret may hold a colon, or what is not Latin-1.
  const authorization = `Basic ${btoa(`${formEncode(clientId)}:${formEncode(clientSecret)}`)}`
  const credentials = { headers: { authorization } }
  return authentication('client_secret_basic', clientId, () => credentials)
}

/** The client's id and secret in the form (RFC 6749 §2.3.1), for servers that know nothing better. */
export function clientSecretPost(clientId: string, clientSecret: string): ClientAuthentication {
  checkText('clientSecretPost.clientId', clientId)
  checkText('clientSecretPost.clientSecret', clientSecret)
  const credentials = { parameters: { client_id: clientId, client_secret: clientSecret } }
  return authentication('client_secret_post', clientId, () => credentials)
}

/** An assertion signed with the client's own key (RFC 7523 §2.2, OpenID Connect Core §9): no secret is shared. */
export function privateKeyJwt(options: PrivateKeyJwtOptions): ClientAuthentication {
  const sign = createAssertionSigner(options)
  return authentication('private_key_jwt', options.clientId, async (context) => ({
    parameters: {
      client_id: options.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await sign(context),
    },
  }))
}

/** Options of {@link tlsClientAuth}. */
export interface TlsClientAuthOptions {
  /** The client's id. */
  readonly clientId: string
  /** The client's certificate, PEM, with its chain. Leave it out where a given `fetch` presents one by itself. */
  readonly certificate?: string | undefined
  /** The certificate's private key, PEM. */
  readonly privateKey?: string | undefined
}

/** The client's certificate in the TLS handshake (RFC 8705 §2). On Node, or with a `fetch` that presents one. */
export function tlsClientAuth(options: TlsClientAuthOptions): ClientAuthentication {
  checkOptionNames('tlsClientAuth', options, ['clientId', 'certificate', 'privateKey'])
  const { clientId, certificate, privateKey } = options
  checkText('tlsClientAuth.clientId', clientId)
  if ((certificate === undefined) !== (privateKey === undefined)) {
    throw new ConfigurationError('tlsClientAuth', 'takes certificate and privateKey together, or neither')
  }
  for (const [name, pem] of Object.entries({ certificate, privateKey })) {
    if (pem !== undefined && (typeof pem !== 'string' || !pem.includes('-----BEGIN '))) {
      throw new ConfigurationError(`tlsClientAuth.${name}`, 'must be PEM text')
    }
  }
  const parameters = { client_id: clientId }
  const credentials: ClientCredentials =
    certificate === undefined || privateKey === undefined
      ? { parameters }
      : { parameters, certificate: Object.freeze({ certificate, privateKey }) }
  return authentication('tls_client_auth', clientId, () => credentials)
}

/** An access token of this API's own (RFC 6750 §2.1), or a function that brings one for each call. */
export function bearerToken(token: string | (() => string | Promise<string>)): ClientAuthentication {
  if (typeof token !== 'function') checkText('bearerToken.token', token)
  return authentication('bearer', undefined, async () => {
    const current = typeof token === 'function' ? await token() : token
    checkText('bearerToken.token', current)
    return { headers: { authorization: `Bearer ${current}` } }
  })
}

/** What the credentials add to one request; each call may make new ones, which takes its time. */
export function credentialsOf(
  clientAuthentication: ClientAuthentication,
  context: AuthenticationContext,
): ClientCredentials | Promise<ClientCredentials> {
  return clientAuthentication[CREDENTIALS](context)
}

export function isClientAuthentication(value: unknown): value is ClientAuthentication {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, CREDENTIALS)
}

function authentication(
  method: ClientAuthentication['method'],
  clientId: string | undefined,
  credentials: ClientAuthentication[typeof CREDENTIALS],
): ClientAuthentication {
  // Not enumerable, and a closure: nothing that prints or copies the object finds the secret.
  const hidden = { [CREDENTIALS]: { value: credentials } }
  return Object.freeze(Object.defineProperties({ method, clientId }, hidden)) as ClientAuthentication
}

function checkText(option: string, value: unknown): void {
  if (typeof value !== 'string' || value === '' || value.trim() !== value) {
    throw new ConfigurationError(option, 'must be text that is not empty, with no space around it')
  }
}

/** RFC 6749 appendix B. */
function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
