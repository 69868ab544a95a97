import { UpstreamError } from '../outcomes/errors.js'
import { type Clock } from '../transport/clock.js'
import { type ClientAuthentication, credentialsOf } from '../transport/client-authentication.js'
import type { HttpClient } from '../transport/http-client.js'
import { fetchJsonObject } from '../transport/json-document.js'
import { type IntrospectionResponse, readIntrospectionResponse } from '../vocabulary/introspection-response.js'

export interface IntrospectionClientOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly issuer: string
  /** Brings the endpoint's address; it may have to be discovered. */
  readonly endpoint: () => Promise<string>
  readonly clientAuthentication: ClientAuthentication
}

/** Asks an authorization server about tokens (RFC 7662 §2.1). It remembers nothing. */
export interface IntrospectionClient {
  /** One call, within a number of milliseconds. Throws {@link UpstreamError} for whatever is neither yes nor no. */
  introspect(token: string, timeout: number): Promise<IntrospectionResponse>
}

export function createIntrospectionClient(options: IntrospectionClientOptions): IntrospectionClient {
  const { http, clock, issuer, endpoint, clientAuthentication } = options
  return {
    async introspect(token, timeout) {
      const url = await endpoint()
      const { headers, parameters, certificate } = await credentialsOf(clientAuthentication, {
        issuer,
        now: clock.now(),
      })
      const form = new URLSearchParams({ token, token_type_hint: 'access_token', ...parameters })
      const answer = await fetchJsonObject(http, url, {
        accept: 'application/json',
        timeout,
        form,
        headers,
        certificate,
      }).catch((error: unknown) => {
        throw explained(error)
      })
      const response = readIntrospectionResponse(answer)
      if (response === undefined) throw new UpstreamError('unexpected-content', 'The answer does not say active or not')
      return response
    },
  }
}

/** A refusal of this API's own credentials says nothing about the token, and no retry will mend it. */
function explained(error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error
  const { httpStatus } = error
  switch (httpStatus) {
    case 401:
      return new UpstreamError('client-rejected', 'The client credentials of this API are not accepted', { httpStatus })
    case 429:
      return new UpstreamError('throttled', 'The authorization server asks for fewer calls', { httpStatus })
    default:
      return httpStatus !== undefined && httpStatus >= 500
        ? new UpstreamError('server-error', error.message, { httpStatus })
        : error
  }
}
