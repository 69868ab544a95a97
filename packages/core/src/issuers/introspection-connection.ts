import type { SignatureAlgorithm } from '../keys/algorithms.js'
import { discoveredEndpoint, type Discovery, fixedEndpoint } from '../keys/discovery.js'
import type { JwksSource } from '../keys/jwks-source.js'
import type { IntrospectedFactsOptions } from '../tokens/introspected-facts.js'
import { createIntrospectionCheck } from '../tokens/introspection-check.js'
import { createIntrospectionClient } from '../tokens/introspection-client.js'
import { signedAnswers } from '../tokens/introspection-jwt.js'
import type { LiveCheck } from '../tokens/live-check.js'
import type { CheckedIntrospection } from './introspection-options.js'
import type { IssuerContext } from './trusted-issuer.js'

/** What introspection needs of the issuer it belongs to. */
interface IssuerParts extends IntrospectedFactsOptions {
  readonly discovery: Discovery
  readonly keys: JwksSource
  readonly algorithms: readonly SignatureAlgorithm[]
  readonly timeout: number
  readonly opaqueTokens: boolean
}

/** Starts the introspection of one issuer's tokens. */
export function connectIntrospection(
  { clientAuthentication, endpoint, signedFor, maxConcurrency }: CheckedIntrospection,
  { http, clock, emit }: IssuerContext,
  { discovery, keys, algorithms, ...parts }: IssuerParts,
): LiveCheck {
  const { issuer, times } = parts
  const overMutualTls = clientAuthentication.method === 'tls_client_auth'
  const client = createIntrospectionClient({
    http,
    clock,
    issuer,
    endpoint:
      endpoint === undefined
        ? discoveredEndpoint(discovery, 'introspection_endpoint', overMutualTls)
        : fixedEndpoint(endpoint),
    clientAuthentication,
    answers:
      signedFor === undefined
        ? undefined
        : signedAnswers({ issuer, audience: signedFor, keys, algorithms, clockTolerance: times.clockTolerance, clock }),
  })
  return createIntrospectionCheck({ ...parts, client, clock, emit, maxConcurrency })
}
