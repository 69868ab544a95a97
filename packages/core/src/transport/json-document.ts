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
export async function fetchJsonObject(
  http: HttpClient,
  url: string,
  { accept, headers, ...request }: JsonRequest,
): Promise<JsonObject> {
  const response = await http.send({ ...request, url, headers: { ...headers, accept }, maxBytes: MAX_JSON_BYTES })
  if (response.status !== 200) {
    throw new UpstreamError('unexpected-status', `The answer has status ${response.status}`, {
      httpStatus: response.status,
    })
  }
  return readJsonObject(response)
}

/** Reads a JSON object, whatever the status: of a JSON media type, and strict JSON. */
export function readJsonObject(response: Pick<HttpResponse, 'contentType' | 'body'>): JsonObject {
  if (!isJsonMediaType(response.contentType)) {
    throw new UpstreamError('unexpected-content-type', 'The answer is not of a JSON media type')
  }
  const object = parseJsonBytes(response.body)
  if (object === undefined) {
    throw new UpstreamError('unexpected-content', 'The answer is not a JSON object')
  }
  return object
}

/** AWS has a name of its own for the JSON of its APIs. */
const JSON_MEDIA_TYPE = /^\s*application\/(?:(?:[\w.-]+\+)?json|x-amz-json-1\.[01])\s*(?:;|$)/i

function isJsonMediaType(contentType: string | undefined): boolean {
  return contentType !== undefined && JSON_MEDIA_TYPE.test(contentType)
}
