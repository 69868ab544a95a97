import { UpstreamError } from '../outcomes/errors.js'
import { type JsonObject, parseJsonBytes } from '../vocabulary/json-object.js'
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.js'

/** Far above any real key set or metadata document, far below what would hurt. */
export const MAX_JSON_BYTES = 512 * 1024

interface JsonRequest extends Pick<HttpRequest, 'timeout' | 'form' | 'certificate'> {
  /** Media types that are understood. */
  readonly accept: string
  readonly headers?: HttpRequest['headers'] | undefined
}

/** Fetches a JSON object: status 200, a JSON media type, strict JSON, within the limits. */
export async function fetchJsonObject(http: HttpClient, url: string, request: JsonRequest): Promise<JsonObject> {
  return (await fetchJsonDocument(http, url, request)).object
}

/** The same, with the answer it came in. */
export async function fetchJsonDocument(
  http: HttpClient,
  url: string,
  { accept, headers, ...request }: JsonRequest,
): Promise<{ readonly object: JsonObject; readonly response: HttpResponse }> {
  const response = await http.send({ ...request, url, headers: { ...headers, accept }, maxBytes: MAX_JSON_BYTES })
  if (response.status !== 200) throw statusError(response.status)
  return { object: jsonObjectOf(response), response }
}

/** The JSON object an answer holds, whatever its status: a JSON media type, strict JSON. */
export function jsonObjectOf({ contentType, body }: HttpResponse): JsonObject {
  if (!isJsonMediaType(contentType)) {
    throw new UpstreamError('unexpected-content-type', 'The answer is not of a JSON media type')
  }
  const object = parseJsonBytes(body)
  if (object === undefined) {
    throw new UpstreamError('unexpected-content', 'The answer is not a JSON object')
  }
  return object
}

/** AWS has a name of its own for the JSON of its APIs. */
const JSON_MEDIA_TYPE = /^\s*application\/(?:(?:[\w.-]+\+)?json|x-amz-json-1\.[01])\s*(?:;|$)/i

export function statusError(httpStatus: number): UpstreamError {
  return new UpstreamError('unexpected-status', `The answer has status ${httpStatus}`, { httpStatus })
}

function isJsonMediaType(contentType: string | undefined): boolean {
  return contentType !== undefined && JSON_MEDIA_TYPE.test(contentType)
}
