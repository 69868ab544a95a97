import type { Denied } from '@tokenward/core'
import type { AwsHttpEvent } from '@tokenward/core/aws'
import { answerTo, type HttpAnswer } from './http-answer.js'

/** What a function answers to a request that is turned away. */
export type DenialResponse = HttpAnswer

/**
 * The whole answer to a request that is turned away, as the sender of the event takes it. REST APIs and function URLs hand
 * `WWW-Authenticate` on under the name `x-amzn-remapped-www-authenticate`; the body says the same.
 */
export function denialResponse(event: AwsHttpEvent, { status, headers, body }: Denied): DenialResponse {
  return answerTo(event, status, { ...headers, ...JSON_TYPE }, JSON.stringify(body))
}

/** For who has no client certificate although every client must have one: no token would help. */
export function certificateMissing(event: AwsHttpEvent): DenialResponse {
  const body = { error_description: 'This request needs a client certificate' }
  return answerTo(event, 403, { 'Cache-Control': 'no-store', ...JSON_TYPE }, JSON.stringify(body))
}

const JSON_TYPE = { 'Content-Type': 'application/json' }
