import { UpstreamError } from '../outcomes/errors.js'
import { type ClientAuthentication, credentialsOf, isClientAuthentication } from '../transport/client-authentication.js'
import type { Clock } from '../transport/clock.js'
import type { HttpClient, HttpResponse } from '../transport/http-client.js'
import { retryAfterOf } from '../transport/retry-after.js'
import { member, parseJsonBytes } from '../vocabulary/json-object.js'

/** A client without credentials, which only says who it is (RFC 7009 §2.1). */
export interface PublicClient {
  /** The client's id. */
  readonly clientId: string
}

export interface TokenRevocationClientOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly issuer: string
  /** Brings the endpoint's address; it may have to be discovered. */
  readonly endpoint: () => Promise<string>
  /** Of the client the tokens were issued to: a server revokes no others (RFC 7009 §2.1). */
  readonly client: ClientAuthentication | PublicClient
}

/** Has an authorization server revoke tokens (RFC 7009). */
export interface TokenRevocationClient {
  /**
   * One call, within a number of milliseconds. Resolves when the server says that the token is valid no longer, which is
   * also its answer for one that never was. Throws {@link UpstreamError} otherwise: the token must be taken for alive then.
   */
  revokeToken(
    token: string,
    hint: 'access_token' | 'refresh_token',
    timeout: number,
  ): Promise<{
    /** When its answer came, in milliseconds since the epoch: for `confirmedAt` of an entry. */
    readonly confirmedAt: number
  }>
}

/** An error answer is a few hundred bytes; what a good one holds is not looked at. */
const MAX_BYTES = 64 * 1024

export function createTokenRevocationClient(options: TokenRevocationClientOptions): TokenRevocationClient {
  const { http, clock, issuer, endpoint, client } = options
  return {
    async revokeToken(token, hint, timeout) {
      const url = await endpoint()
      const { headers, parameters, certificate } = isClientAuthentication(client)
        ? await Promise.resolve(credentialsOf(client, { issuer, now: clock.now() })).catch(credentialsUnavailable)
        : { parameters: { client_id: client.clientId } }
      const response = await http.send({
        url,
        form: new URLSearchParams({ token, token_type_hint: hint, ...parameters }),
        headers: { ...headers, accept: 'application/json' },
        certificate,
        timeout,
        maxBytes: MAX_BYTES,
      })
      if (response.status !== 200) throw failureOf(response, clock.now())
      return { confirmedAt: clock.now() }
    },
  }
}

/** What a function of the application threw may hold a secret, and is left out. */
function credentialsUnavailable(): never {
  throw new UpstreamError('credentials-unavailable', 'The credentials of the client could not be made')
}

/** RFC 7009 §2.2.1 with RFC 6749 §5.2. Of what the server says only codes of the specification are looked at. */
function failureOf(response: HttpResponse, now: number): UpstreamError {
  const { status: httpStatus } = response
  const details = { httpStatus, retryAfter: retryAfterOf(response, now) }
  if (httpStatus === 429) {
    return new UpstreamError('throttled', 'The authorization server asks for fewer calls', details)
  }
  if (httpStatus >= 500) return new UpstreamError('server-error', `The answer has status ${httpStatus}`, details)
  const error = errorCodeOf(response)
  if (httpStatus === 401 || error === 'invalid_client') {
    return new UpstreamError('client-rejected', 'The client credentials are not accepted', details)
  }
  if (error === 'unsupported_token_type') {
    return new UpstreamError('token-type-not-supported', 'The server does not revoke tokens of this type', details)
  }
  return new UpstreamError('unexpected-status', `The answer has status ${httpStatus}`, details)
}

function errorCodeOf({ body }: HttpResponse): unknown {
  const object = parseJsonBytes(body)
  return object === undefined ? undefined : member(object, 'error')
}
