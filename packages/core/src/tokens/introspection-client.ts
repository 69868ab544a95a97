import type { Endpoint } from '../keys/discovery.js'
import { ConfigurationError, UpstreamError } from '../outcomes/errors.js'
import { type Clock } from '../transport/clock.js'
import { type ClientAuthentication, type ClientCredentials, credentialsOf } from '../transport/client-authentication.js'
import { type Deadline, startDeadline } from '../transport/deadline.js'
import type { HttpClient, HttpRequest, HttpResponse } from '../transport/http-client.js'
import { jsonObjectOf, statusError } from '../transport/json-document.js'
import { type IntrospectionResponse, readIntrospectionResponse } from '../vocabulary/introspection-response.js'
import { type JsonObject, member, parseJsonBytes } from '../vocabulary/json-object.js'

export interface IntrospectionClientOptions {
  readonly http: HttpClient
  readonly clock: Clock
  readonly issuer: string
  /** Where it is asked; the address may have to be looked up. */
  readonly endpoint: Endpoint
  readonly clientAuthentication: ClientAuthentication
  /** How answers are written. Default {@link plainAnswers}. */
  readonly answers?: AnswerFormat | undefined
}

/** How answers are written: as they are (RFC 7662 §2.2), or signed (RFC 9701 §4). */
export interface AnswerFormat {
  /** The media type that is asked for. */
  readonly accept: string
  /** The members of an answer with status 200. `sentAt`: when the call was sent, milliseconds since the epoch. */
  read(response: HttpResponse, sentAt: number): JsonObject | Promise<JsonObject>
}

/** Asks an authorization server about tokens (RFC 7662 §2.1). It remembers nothing of them. */
export interface IntrospectionClient {
  /**
   * One call. The milliseconds are for all of it: the look-up of the endpoint, the credentials, the answer and whatever
   * verifies it. Throws {@link UpstreamError} for whatever is neither yes nor no.
   */
  introspect(token: string, timeout: number): Promise<IntrospectionResponse>
}

const plainAnswers: AnswerFormat = { accept: 'application/json', read: jsonObjectOf }

/** Answers are about one token; real ones take a few hundred bytes. */
const MAX_BYTES = 64 * 1024

export function createIntrospectionClient(options: IntrospectionClientOptions): IntrospectionClient {
  const { http, clock, issuer, endpoint, clientAuthentication, answers = plainAnswers } = options

  async function post(request: HttpRequest): Promise<HttpResponse> {
    try {
      const response = await http.send(request)
      if (response.status === 200) return response
      throw explained(response)
    } catch (error) {
      // Nothing is served there any more: the server may have moved its endpoint.
      if (error instanceof UpstreamError && (error.code === 'connection-failed' || error.httpStatus === 404)) {
        endpoint.forget(request.url)
      }
      throw error
    }
  }

  return {
    async introspect(token, timeout) {
      const deadline = startDeadline(timeout)
      const address = endpoint.find()
      // Nearly every step is done at once, and waiting for it would cost more than it does.
      const url = typeof address === 'string' ? address : await whenFound(address, deadline)
      const sentAt = clock.now()
      const made = credentialsOf(clientAuthentication, { issuer, now: sentAt })
      const { headers, parameters, certificate } = made instanceof Promise ? await whenMade(made, deadline) : made
      const response = await post({
        url,
        // The token stands here alone: an address ends up in logs.
        form: formOf(token, parameters),
        headers: { ...headers, accept: answers.accept },
        certificate,
        timeout: deadline.remaining(),
        maxBytes: MAX_BYTES,
      })
      const read = answers.read(response, sentAt)
      const members = read instanceof Promise ? await deadline.within(read) : read
      const answer = readIntrospectionResponse(members)
      if (answer === undefined) throw new UpstreamError('unexpected-content', 'The answer does not say active or not')
      return answer
    },
  }
}

async function whenFound(address: Promise<string>, deadline: Deadline): Promise<string> {
  try {
    return await deadline.within(address)
  } catch (error) {
    throw isServerError(error) ? serverError(error.httpStatus) : error
  }
}

async function whenMade(credentials: Promise<ClientCredentials>, deadline: Deadline): Promise<ClientCredentials> {
  try {
    return await deadline.within(credentials)
  } catch (error) {
    throw credentialsUnavailable(error)
  }
}

/** Characters that a form takes as they are; nearly every token has no other. */
const PLAIN = /^[\w.-]+$/

function formOf(token: string, parameters: ClientCredentials['parameters']): { toString(): string } {
  const isPlain = parameters === undefined && PLAIN.test(token)
  if (isPlain) return { toString: () => `token=${token}&token_type_hint=access_token` }
  return new URLSearchParams({ token, token_type_hint: 'access_token', ...parameters })
}

/** A refusal of this API's own credentials says nothing about the token, and no retry will mend it. */
function explained(response: HttpResponse): UpstreamError {
  const { status: httpStatus } = response
  if (httpStatus === 401 || (httpStatus === 400 && isInvalidClient(response))) {
    return new UpstreamError('client-rejected', 'The client credentials of this API are not accepted', { httpStatus })
  }
  if (httpStatus === 429) {
    return new UpstreamError('throttled', 'The authorization server asks for fewer calls', { httpStatus })
  }
  return httpStatus >= 500 ? serverError(httpStatus) : statusError(httpStatus)
}

/** RFC 6749 §5.2 leaves servers the choice between 400 and 401. */
function isInvalidClient({ body }: HttpResponse): boolean {
  const answer = parseJsonBytes(body)
  return answer !== undefined && member(answer, 'error') === 'invalid_client'
}

function isServerError(error: unknown): error is UpstreamError & { readonly httpStatus: number } {
  return error instanceof UpstreamError && error.httpStatus !== undefined && error.httpStatus >= 500
}

function serverError(httpStatus: number): UpstreamError {
  return new UpstreamError('server-error', `The answer has status ${httpStatus}`, { httpStatus })
}

/**
 * Never an outage of the server, even where it took too long. What a function of the application threw may hold a
 * secret, and is left out.
 */
function credentialsUnavailable(error: unknown): UpstreamError {
  return new UpstreamError('credentials-unavailable', 'The credentials of this API could not be made', {
    cause: error instanceof ConfigurationError ? error : undefined,
  })
}
