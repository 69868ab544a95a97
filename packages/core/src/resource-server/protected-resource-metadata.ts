import { ConfigurationError } from '../outcomes/errors.js'
import { booleanOption, checkOptionNames, scopeListOption } from '../outcomes/option-check.js'
import type { SenderConstraintMetadata } from '../tokens/sender-constraint.js'
import { whatIsWrongWithAddress, whatIsWrongWithIssuer } from '../vocabulary/issuer-identifier.js'

/** What clients can find out about this API before they have a token (RFC 9728). */
export interface ProtectedResourceOptions {
  /**
   * The resource identifier (RFC 9728 §1.2): the https address clients know this API by, as they write it, without query
   * and fragment. Such as `'https://api.example.com/orders'`.
   */
  readonly identifier: string
  /** Its name, for people (`resource_name`). Default none. */
  readonly name?: string | undefined
  /** Address of a page for developers (`resource_documentation`). Default none. */
  readonly documentation?: string | undefined
  /** Scopes a client may ask for (`scopes_supported`). Default: none are told. */
  readonly scopes?: readonly string[] | undefined
  /** Plain http to loopback addresses, for tests. Default false. */
  readonly allowInsecureLoopback?: boolean | undefined
}

/** Protected resource metadata (RFC 9728 §2). */
export interface ProtectedResourceMetadata {
  /** The resource identifier, exactly as it was given. */
  readonly resource: string
  /** The first identifier of each configured issuer. */
  readonly authorization_servers: readonly string[]
  /** Scopes a client may ask for. */
  readonly scopes_supported?: readonly string[]
  /** Tokens are taken from the `Authorization` header alone. */
  readonly bearer_methods_supported: readonly ['header']
  /** Tokens bound to a client certificate are checked (RFC 8705). */
  readonly tls_client_certificate_bound_access_tokens?: true
  /** Algorithms of DPoP proofs that are accepted (RFC 9449). */
  readonly dpop_signing_alg_values_supported?: readonly string[]
  /** No tokens are accepted but those bound to a key of DPoP. */
  readonly dpop_bound_access_tokens_required?: true
  /** The name of the API, for people. */
  readonly resource_name?: string
  /** Address of a page for developers. */
  readonly resource_documentation?: string
}

/** The metadata, and the whole answer to a GET of it. `status`, `headers` and `body` are to be written as they are. */
export interface MetadataResponse {
  /** Where clients look for it (RFC 9728 §3.1). The challenges name it. */
  readonly url: string
  /** The path of that address, for a route: public, and for any origin. */
  readonly path: string
  /** The document itself. */
  readonly document: ProtectedResourceMetadata
  /** HTTP status. */
  readonly status: 200
  /** JSON that scripts of any origin may read, and caches may keep for an hour. */
  readonly headers: {
    readonly 'Content-Type': 'application/json'
    readonly 'Cache-Control': 'public, max-age=3600'
    readonly 'Access-Control-Allow-Origin': '*'
  }
  /** The document as text. */
  readonly body: string
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'
const SCOPES = "must be a list of one or more scope tokens (RFC 6749 §3.3), such as ['orders/read']"
const KNOWN = ['identifier', 'name', 'documentation', 'scopes', 'allowInsecureLoopback'] as const

interface MetadataParts {
  readonly authorizationServers: readonly string[]
  readonly senderConstraints: SenderConstraintMetadata
}

/** Everything in it is known when the server is made. */
export function createMetadata(
  option: string,
  given: string | ProtectedResourceOptions,
  { authorizationServers, senderConstraints }: MetadataParts,
): MetadataResponse {
  const options: unknown = typeof given === 'string' ? { identifier: given } : given
  checkOptionNames(option, options, KNOWN)
  const { identifier, name, documentation, scopes, ...insecure } = options as unknown as ProtectedResourceOptions
  const allowInsecureLoopback = booleanOption(`${option}.allowInsecureLoopback`, insecure.allowInsecureLoopback)
  const { origin, pathname } = checkIdentifier(`${option}.identifier`, identifier, allowInsecureLoopback)
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw new ConfigurationError(`${option}.name`, 'must be a non-empty text')
  }
  const document: ProtectedResourceMetadata = Object.freeze({
    resource: identifier,
    authorization_servers: Object.freeze([...authorizationServers]),
    ...(scopes !== undefined && { scopes_supported: scopeListOption(`${option}.scopes`, scopes, SCOPES) }),
    bearer_methods_supported: Object.freeze(['header'] as const),
    ...senderConstraints,
    ...(name !== undefined && { resource_name: name }),
    ...(documentation !== undefined && {
      resource_documentation: checkPage(`${option}.documentation`, documentation, allowInsecureLoopback),
    }),
  })
  // Between host and path (RFC 9728 §3.1); a slash after the host alone is none of a path.
  const path = `${WELL_KNOWN}${pathname === '/' ? '' : pathname}`
  return Object.freeze({
    url: `${origin}${path}`,
    path,
    document,
    status: 200,
    headers: Object.freeze({
      'Content-Type': 'application/json',
      'Cache-Control': 'public, max-age=3600',
      'Access-Control-Allow-Origin': '*',
    }),
    body: JSON.stringify(document),
  })
}

function checkIdentifier(option: string, identifier: unknown, allowInsecureLoopback: boolean): URL {
  const problem = whatIsWrongWithIssuer(identifier, allowInsecureLoopback)
  if (problem !== undefined) throw new ConfigurationError(option, problem)
  const url = new URL(identifier as string)
  // Clients compare it with what they were given, letter by letter (RFC 9728 §3.3).
  const written = url.pathname === '/' ? [url.href, url.origin] : [url.href]
  if (!written.includes(identifier as string)) {
    throw new ConfigurationError(option, `must be written as clients will write it: ${written.at(-1)}`)
  }
  return url
}

function checkPage(option: string, page: unknown, allowInsecureLoopback: boolean): string {
  // People may be sent to a section of it.
  const address: unknown = typeof page === 'string' ? page.split('#', 1)[0] : page
  const problem = whatIsWrongWithAddress(address, allowInsecureLoopback)
  if (problem !== undefined) throw new ConfigurationError(option, problem)
  return page as string
}

export function noMetadata(): never {
  throw new ConfigurationError('metadata', 'needs the option resource, the address clients know this API by')
}
