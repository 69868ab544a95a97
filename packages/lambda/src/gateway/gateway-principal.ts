import {
  type ClaimsOf,
  type ClaimsSchema,
  type CompiledPolicy,
  ConfigurationError,
  type Outcome,
  type PolicyOrLiteral,
  type ResourceServer,
} from '@tokenward/core'
import { type AwsHttpEvent, fromAwsEvent } from '@tokenward/core/aws'
import { assertOptionNames, assertResourceServer } from '../option-check.js'
import { type GatewayClaims, gatewayClaimsOf, isFromHttpApi, typedClaims } from './gateway-claims.js'

/** An event behind a JWT authorizer, in payload format 2.0 or 1.0. */
export type JwtAuthorizedEvent = AwsHttpEvent & {
  readonly requestContext?: { readonly authorizer?: unknown; readonly apiId?: string | undefined } | undefined
}

/** Options of {@link gatewayPrincipal}. */
export type GatewayPrincipalOptions<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>> = {
  /** What the route demands. Default: any valid access token. */
  readonly policy?: PolicyOrLiteral<Schema, Claims>
} & (TrustedGateway | ReverifiedGateway)

/** The token is verified again, which is the default. */
interface ReverifiedGateway {
  /** Default: not trusted. */
  readonly trustGateway?: false
  readonly apiId?: never
}

/** API Gateway alone is trusted to have verified the token. */
interface TrustedGateway {
  /**
   * `true`: the claims of the event count as they are. Permission to invoke the function then is authentication: whoever
   * has it can be anybody. Groups cannot be read from such claims; a policy that demands any is refused here. Only evidence
   * that takes no token counts: its age, and the revocation list. For functions that cannot reach the issuer.
   */
  readonly trustGateway: true
  /** The API whose events are accepted, for example `'a1b2c3d4e5'`. Required with `trustGateway`. */
  readonly apiId: string
}

/**
 * Decides about a request that a JWT authorizer of an HTTP API has let through. The authorizer knows no revocation, takes
 * ID tokens for access tokens, and demands one of a route's scopes where the policy demands all: so the raw token is
 * verified again, and the policy decides.
 *
 * @throws {@link ConfigurationError} for wrong options, and for events that no JWT authorizer has seen: the route lacks it.
 */
export async function gatewayPrincipal<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
  api: ResourceServer,
  event: JwtAuthorizedEvent,
  options: GatewayPrincipalOptions<Schema, Claims> = {},
): Promise<Outcome<Claims>> {
  assertResourceServer('gatewayPrincipal', api)
  assertOptionNames('gatewayPrincipal', options, ['policy', 'trustGateway', 'apiId'])
  const { trustGateway = false, apiId } = options
  if (typeof trustGateway !== 'boolean') {
    throw new ConfigurationError('gatewayPrincipal.trustGateway', 'must be true or false')
  }
  if (trustGateway !== (apiId !== undefined)) {
    throw new ConfigurationError('gatewayPrincipal.apiId', 'goes with trustGateway: true, which needs it')
  }
  const policy = policyIn(api, options)
  const claims = gatewayClaimsOf(event)
  if (claims === undefined) {
    throw new ConfigurationError(
      'gatewayPrincipal.event',
      'holds no claims of a JWT authorizer; give the route its authorizer, or use withAuth() where there is none',
    )
  }
  return apiId === undefined
    ? api.authorize(fromAwsEvent(event), policy)
    : trusting(api, event, claims, { policy, apiId })
}

async function trusting<Claims>(
  api: ResourceServer,
  event: JwtAuthorizedEvent,
  claims: GatewayClaims,
  { policy, apiId }: { readonly policy: CompiledPolicy<Claims>; readonly apiId: string },
): Promise<Outcome<Claims>> {
  if (!isFromHttpApi(event) || event.requestContext?.apiId !== apiId) {
    throw new ConfigurationError('gatewayPrincipal.apiId', 'is not the HTTP API that the event names')
  }
  if (policy.groups.length > 0) {
    throw new ConfigurationError(
      'gatewayPrincipal.policy',
      'demands groups, which a gateway writes ambiguously; leave trustGateway out to read them from the token',
    )
  }
  const presented = await api.presentClaims(typedClaims(claims))
  return presented.authorize(policy)
}

/** Leaving the policy out is not the same as a variable that turned out to be undefined. */
function policyIn<Schema extends ClaimsSchema | undefined, Claims>(
  api: ResourceServer,
  options: GatewayPrincipalOptions<Schema, Claims>,
): CompiledPolicy<Claims> {
  if (!Object.hasOwn(options, 'policy')) return api.policy({}) as CompiledPolicy<unknown> as CompiledPolicy<Claims>
  return api.policy(options.policy as PolicyOrLiteral<Schema, Claims>)
}
