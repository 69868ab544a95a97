import { randomUUID } from 'node:crypto'
import type { FakeResponse } from '../endpoints/fake-server.js'
import type { Dialect } from '../endpoints/faults.js'
import type { JsonRecord } from '../jws/compact-jws.js'

/** What the service refuses, or fails at. Its wording is the fake's own: AWS documents names and members, not messages. */
export class ServiceException extends Error {
  readonly status: number
  /** Members of the body beside the message. */
  readonly members: JsonRecord

  constructor(
    name: string,
    message: string,
    { status = 400, members = {} }: { status?: number; members?: JsonRecord } = {},
  ) {
    super(message)
    this.name = name
    this.status = status
    this.members = members
  }
}

/** An input that does not satisfy its constraints. `path` names the member. */
export function invalid(path: string, message: string): ServiceException {
  return new ServiceException('ValidationException', `${path}: ${message}`, {
    members: { fieldList: [{ path, message }] },
  })
}

/** Something that is referred to, and is not there. */
export function notFound(resourceType: 'POLICY_STORE' | 'POLICY' | 'SCHEMA', resourceId: string): ServiceException {
  return new ServiceException('ResourceNotFoundException', `There is no ${resourceType} ${resourceId}`, {
    members: { resourceId, resourceType },
  })
}

/** The protocol of the service: AWS JSON 1.0. */
export const MEDIA_TYPE = 'application/x-amz-json-1.0'

export function serviceAnswer(body: JsonRecord): FakeResponse {
  return answer(200, body)
}

export function exceptionAnswer({ name, message, status, members }: ServiceException): FakeResponse {
  return answer(status, { __type: `com.amazonaws.verifiedpermissions#${name}`, message, ...members })
}

/** How its operations fail. */
export const serviceDialect: Dialect = {
  refusal: (status, name = 'InternalServerException') =>
    exceptionAnswer(new ServiceException(name, 'The fake was told to fail', { status })),
  throttled: (status = 400) =>
    exceptionAnswer(new ServiceException('ThrottlingException', 'Rate exceeded', { status })),
}

function answer(status: number, body: JsonRecord): FakeResponse {
  const headers = { 'content-type': MEDIA_TYPE, 'x-amzn-requestid': randomUUID() }
  return { status, headers, body: JSON.stringify(body) }
}
