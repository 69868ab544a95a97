import { UpstreamError } from '../outcomes/errors.js'
import type { HttpClient, HttpResponse } from '../transport/http-client.js'
import { MAX_JSON_BYTES, jsonObjectOf } from '../transport/json-document.js'
import { type JsonObject, type JsonValue, member } from '../vocabulary/json-object.js'

/** The API of Amazon Cognito user pools, as far as a token or a client's secret is all the authorization it takes. */
export interface CognitoIdp {
  readonly http: HttpClient
  /** Of a Region, or of an emulator; ends with a slash. */
  readonly url: string
  /** Milliseconds for one call. */
  readonly timeout: number
}

/** What an operation was answered with. */
export interface CognitoAnswer {
  readonly status: number
  /** `undefined` unless the answer names an error. */
  readonly errorName: string | undefined
  /** Empty where there was no body; `undefined` when it is no JSON object. */
  readonly body: JsonObject | undefined
}

/** Calls an operation. No signature is sent: the token or the secret within the parameters is what authorizes it. */
export async function callCognitoIdp(
  { http, url, timeout }: CognitoIdp,
  operation: 'GetUser' | 'GlobalSignOut' | 'RevokeToken',
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<CognitoAnswer> {
  const response = await http.send({
    url,
    headers: { accept: 'application/json', 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}` },
    body: { contentType: 'application/x-amz-json-1.1', text: JSON.stringify(parameters) },
    timeout,
    maxBytes: MAX_JSON_BYTES,
  })
  const body = readBody(response)
  const errorName = nameOfError(response.header('x-amzn-errortype')) ?? nameOfError(body && member(body, '__type'))
  return { status: response.status, errorName, body }
}

/** Whether the operation was carried out. */
export function isDone(answer: CognitoAnswer): answer is CognitoAnswer & { readonly body: JsonObject } {
  return answer.status === 200 && answer.errorName === undefined && answer.body !== undefined
}

/** What an answer that is none means. Its name decides before its status: Cognito sends one error with several. */
export function failureOf({ status: httpStatus, errorName }: Omit<CognitoAnswer, 'body'>): UpstreamError {
  const error = errorName === undefined ? `status ${httpStatus}` : `${errorName} and status ${httpStatus}`
  if (errorName === 'TooManyRequestsException' || httpStatus === 429) {
    return new UpstreamError('throttled', `Cognito asks for fewer calls: ${error}`, { httpStatus })
  }
  if (errorName === 'InternalErrorException' || httpStatus >= 500) {
    return new UpstreamError('server-error', `Cognito is at fault: ${error}`, { httpStatus })
  }
  if (httpStatus === 200 && errorName === undefined) {
    return new UpstreamError('unexpected-content', 'The answer is not what the operation answers with')
  }
  return new UpstreamError('unexpected-status', `Cognito answered with ${error}`, { httpStatus })
}

function readBody(response: HttpResponse): JsonObject | undefined {
  if (response.body.length === 0) return {}
  try {
    return jsonObjectOf(response)
  } catch {
    return undefined
  }
}

/** The bare name, without the namespace before it (`…model#`) and the address behind it (`:http…`). */
const ERROR_NAME = /^(?:[^#\s]{0,200}#)?([A-Z][A-Za-z]{1,60}Exception)(?::|$)/

/** Messages repeat the name: what does not look like one is an error all the same, and is not repeated. */
function nameOfError(given: JsonValue | undefined): string | undefined {
  if (given === undefined) return undefined
  return (typeof given === 'string' ? ERROR_NAME.exec(given)?.[1] : undefined) ?? 'an unknown error'
}
