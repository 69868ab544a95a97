import {
  type ClaimsOf,
  type ClaimsSchema,
  ConfigurationError,
  type Denied,
  type Granted,
  type PolicyOrLiteral,
  type ResourceServer,
} from '@tokenward/core'
import { type AwsHttpEvent, fromAwsEvent } from '@tokenward/core/aws'
import { assertOptionNames, assertResourceServer } from '../option-check.js'
import { rememberPrincipal } from './current-principal.js'
import { certificateMissing, denialResponse, type DenialResponse } from './denial-response.js'

/** What else handlers may demand. */
export interface HandlerOptions {
  /**
   * Whether every client has to have shown a certificate to API Gateway, as on a custom domain with mutual TLS: an event
   * without one came another way. Not for function URLs and load balancers, which tell nothing here. Default `false`.
   */
  readonly mutualTls?: boolean | undefined
}

/** Decides about one event, and remembers who is calling. */
export type Protection<Claims> = (
  event: AwsHttpEvent,
) => Promise<{ readonly granted: Granted<Claims> } | { readonly response: DenialResponse }>

/** The part that `withAuth` and `authMiddleware` share. The policy is checked here, not with the first request. */
export function protect<Schema extends ClaimsSchema | undefined, Claims = ClaimsOf<Schema>>(
  owner: string,
  api: ResourceServer,
  policy: PolicyOrLiteral<Schema, Claims>,
  options: HandlerOptions,
): Protection<Claims> {
  assertResourceServer(owner, api)
  assertOptionNames(owner, options, ['mutualTls'])
  const { mutualTls = false } = options
  if (typeof mutualTls !== 'boolean') throw new ConfigurationError(`${owner}.mutualTls`, 'must be true or false')
  const compiled = api.policy(policy)

  return async (event) => {
    const request = fromAwsEvent(event)
    if (mutualTls && request.clientCertificate === undefined) return { response: certificateMissing(event) }
    const outcome = await api.authorize(request, compiled)
    if (outcome.outcome !== 'granted') return { response: denialResponse(event, outcome satisfies Denied) }
    rememberPrincipal(event, outcome.principal)
    return { granted: outcome }
  }
}
