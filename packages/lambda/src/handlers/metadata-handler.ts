import type { ResourceServer } from '@tokenward/core'
import type { AwsHttpEvent } from '@tokenward/core/aws'
import { assertResourceServer } from '../option-check.js'
import { answerTo, type HttpAnswer } from './http-answer.js'

/** The answer to a GET of the protected resource metadata. */
export type MetadataAnswer = HttpAnswer

/**
 * A function that answers with the protected resource metadata (RFC 9728), for a public route at
 * `api.metadata().path`.
 *
 * @throws {@link ConfigurationError} where the server has no `resource`.
 */
export function metadataHandler(api: ResourceServer): (event: AwsHttpEvent) => Promise<MetadataAnswer> {
  assertResourceServer('metadataHandler', api)
  const { status, headers, body } = api.metadata()
  return async (event) => answerTo(event, status, headers, body)
}
