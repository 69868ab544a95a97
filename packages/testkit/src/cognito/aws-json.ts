import { randomUUID } from 'node:crypto'
import type { FakeRequest, FakeResponse } from '../endpoints/fake-server.js'
import type { Dialect } from '../endpoints/faults.js'
import { type JsonRecord } from '../jws/compact-jws.js'

const MEDIA_TYPE = 'application/x-amz-json-1.1'

export function awsAnswer(body: JsonRecord): FakeResponse {
  return answer(200, body, {})
}

/**
 * An exception, in the body and in headers. Its status is 400 whatever its name: those seen on the wire were, though the
 * SDK's schema has others. The colon after the name in the header is Cognito's.
 */
export function awsException(name: string, message: string, status = 400): FakeResponse {
  // The message may repeat what was asked for; headers hold ASCII alone.
  const errorMessage = message.replaceAll(/[^ -~]/g, '?')
  return answer(
    status,
    { __type: name, message },
    { 'x-amzn-errortype': `${name}:`, 'x-amzn-errormessage': errorMessage },
  )
}

/** What the API says of a member it cannot do without. */
export function missingMember(member: string): FakeResponse {
  return awsException(
    'InvalidParameterException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
  )
}

/** An operation of the API. */
export type Operation = (input: JsonRecord, request: FakeRequest) => FakeResponse | Promise<FakeResponse>

/** How operations of the API fail. */
export const awsDialect: Dialect = {
  refusal: (status, name = 'InternalErrorException') => awsException(name, 'The fake was told to fail', status),
  throttled: (status = 400) => awsException('TooManyRequestsException', 'Rate exceeded', status),
}

/** Name of the operation a request asks for; `undefined` when it asks for none of a user pool. */
export function operationOf({ headers }: FakeRequest): string | undefined {
  return /^AWSCognitoIdentityProviderService\.(\w+)$/.exec(headers.get('x-amz-target') ?? '')?.[1]
}

/** The input of an operation; `undefined` when it is not JSON 1.1. */
export function inputOf({ headers, body }: FakeRequest): JsonRecord | undefined {
  if (headers.get('content-type') !== MEDIA_TYPE) return undefined
  try {
    const input: unknown = JSON.parse(body)
    return typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as JsonRecord) : undefined
  } catch {
    return undefined
  }
}

function answer(status: number, body: JsonRecord, headers: Readonly<Record<string, string>>): FakeResponse {
  return {
    status,
    headers: { 'content-type': MEDIA_TYPE, 'x-amzn-requestid': randomUUID(), ...headers },
    body: JSON.stringify(body),
  }
}
