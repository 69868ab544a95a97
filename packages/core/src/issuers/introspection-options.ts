import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames, durationOption } from '../outcomes/option-check.js'
import { type ClientAuthentication, isClientAuthentication } from '../transport/client-authentication.js'
import type { Duration } from '../vocabulary/duration.js'
import { whatIsWrongWithAddress } from '../vocabulary/issuer-identifier.js'

/**
 * How to ask an authorization server about its tokens (RFC 7662). One call takes the issuer's `timeout` at most, which
 * covers the look-up of the endpoint, the credentials and the keys of a signed answer. A request may wait for two: for
 * one that was sent before it came, and for its own.
 */
export interface IntrospectionOptions {
  /** How this API proves who is asking (RFC 7662 §2.1): `clientSecretBasic(id, secret)` or one of its siblings. */
  readonly clientAuthentication: ClientAuthentication
  /**
   * Address of the endpoint, https. Default: `introspection_endpoint` of the issuer's metadata (RFC 8414 §2), of the
   * `mtls_endpoint_aliases` with `tlsClientAuth` (RFC 8705 §5); looked up when first needed, and again once nothing is
   * served there.
   */
  readonly endpoint?: string | undefined
  /** `true` takes answers only where the issuer's keys have signed them (RFC 9701). Default: plain answers only. */
  readonly signedResponses?: true | SignedResponsesOptions | undefined
  /**
   * Calls at once, 4 to 10000; what comes on top is answered as unavailable. Default 100. A quarter of them may be about
   * opaque tokens that were never seen to be active, so that made-up tokens leave room for real ones.
   */
  readonly maxConcurrency?: number | undefined
  /**
   * How long an inactive answer is remembered about a token of unknown age, which may be one that is about to become
   * active. Default `'10s'`, range `'0s'` to `'60s'`. About other tokens it is final.
   */
  readonly inactiveAnswerMaxAge?: Duration | undefined
}

/** Options of `introspection.signedResponses`. */
export interface SignedResponsesOptions {
  /** Whom answers must be for, their `aud` (RFC 9701 §5). Default: the client id of `clientAuthentication`. */
  readonly audience?: string | undefined
}

export interface CheckedIntrospection {
  readonly clientAuthentication: ClientAuthentication
  /** `undefined`: to be looked up. */
  readonly endpoint: string | undefined
  /** `undefined`: answers are plain. */
  readonly signedFor: string | undefined
  readonly maxConcurrency: number
  readonly inactiveAnswerMaxAge: number
}

const KNOWN = ['clientAuthentication', 'endpoint', 'signedResponses', 'maxConcurrency', 'inactiveAnswerMaxAge'] as const

/** Calls at once: the least of which a quarter is a call. */
const LEAST_CONCURRENCY = 4
const MOST_CONCURRENCY = 10_000

export function checkIntrospectionOptions(
  owner: string,
  options: IntrospectionOptions,
  allowInsecureLoopback: boolean,
): CheckedIntrospection {
  checkOptionNames(owner, options, KNOWN)
  const { clientAuthentication, endpoint, signedResponses, maxConcurrency = 100 } = options as IntrospectionOptions
  if (!isClientAuthentication(clientAuthentication)) {
    throw new ConfigurationError(
      `${owner}.clientAuthentication`,
      'must be made by clientSecretBasic(), clientSecretPost(), privateKeyJwt(), tlsClientAuth() or bearerToken()',
    )
  }
  const endpointProblem = endpoint === undefined ? undefined : whatIsWrongWithAddress(endpoint, allowInsecureLoopback)
  if (endpointProblem !== undefined) throw new ConfigurationError(`${owner}.endpoint`, endpointProblem)
  if (!Number.isInteger(maxConcurrency) || maxConcurrency < LEAST_CONCURRENCY || maxConcurrency > MOST_CONCURRENCY) {
    throw new ConfigurationError(
      `${owner}.maxConcurrency`,
      `must be a whole number from ${LEAST_CONCURRENCY} to ${MOST_CONCURRENCY}`,
    )
  }
  return {
    clientAuthentication,
    endpoint,
    signedFor: checkSignedResponses(`${owner}.signedResponses`, signedResponses, clientAuthentication.clientId),
    maxConcurrency,
    inactiveAnswerMaxAge: durationOption(`${owner}.inactiveAnswerMaxAge`, options.inactiveAnswerMaxAge, {
      byDefault: 10_000,
      min: 0,
      max: 60_000,
    }),
  }
}

/** Whom signed answers must be for, or `undefined` where answers are plain. */
function checkSignedResponses(
  option: string,
  signedResponses: IntrospectionOptions['signedResponses'],
  clientId: string | undefined,
): string | undefined {
  if (signedResponses === undefined) return undefined
  // `false` would read as "either"; leaving it out says the same as what happens.
  if (signedResponses !== true) checkOptionNames(option, signedResponses, ['audience'])
  const { audience = clientId } = signedResponses === true ? {} : (signedResponses as SignedResponsesOptions)
  if (typeof audience !== 'string' || audience === '') {
    throw new ConfigurationError(
      `${option}.audience`,
      'must be the client id of this API at the issuer; clientAuthentication does not tell it',
    )
  }
  return audience
}
