import type { DecisionRequest, DecisionResource, EntityReference, Principal } from '@tokenward/core'

export const POOL = 'eu-west-1_AbCdEf123'
export const ISSUER = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`

/** A shop whose orders belong to somebody, and to a market. */
export const schema = `
namespace Shop {
  type Token = { scope: Set<String>, client_id: String, username?: String };
  entity UserGroup in [UserGroup];
  entity User in [UserGroup];
  entity Application;
  entity Market in [Market];
  entity Order in [Market] = { owner: User, total: decimal, note?: String, placed?: datetime };
  action manage;
  action read in [manage] appliesTo { principal: User, resource: [Order], context: { token: Token, mfa?: Bool } };
  action refund in [manage] appliesTo { principal: User, resource: [Order], context: { token: Token, mfa?: Bool } };
  action list appliesTo { principal: User, resource: [Application], context: { token: Token } };
}`

export const policies = `
@id("owner-reads")
permit(principal, action == Shop::Action::"read", resource is Shop::Order)
when { resource.owner == principal };

@id("admins-manage")
permit(principal in Shop::UserGroup::"${POOL}|admins", action in Shop::Action::"manage", resource is Shop::Order);

@id("large-refunds-take-a-second-factor")
forbid(principal, action == Shop::Action::"refund", resource is Shop::Order)
when { resource.total.greaterThan(decimal("100.00")) }
unless { context has mfa && context.mfa };

@id("readers-list")
permit(principal, action == Shop::Action::"list", resource == Shop::Application::"Shop")
when { context.token.scope.contains("orders/read") };
`

export interface Asked extends Partial<Omit<DecisionRequest, 'principal' | 'resource'>> {
  readonly sub?: string
  readonly groups?: readonly string[]
  /** Default: as the claims say. */
  readonly scopes?: readonly string[]
  readonly issuer?: string
  readonly claims?: Record<string, unknown>
  readonly resource?: EntityReference & {
    readonly attributes?: object | (() => object | Promise<object>)
    readonly parents?: readonly EntityReference[]
  }
}

/** A request as core makes one, with a count of how often attributes were loaded. */
export function asking(asked: Asked = {}): DecisionRequest & { readonly loads: number } {
  const { sub = 'u1', groups = [], issuer = ISSUER, claims, scopes, resource, action = 'read', context = {} } = asked
  const all = { sub, token_use: 'access', client_id: 'web', scope: 'orders/read openid', ...claims }
  const evidence = { source: 'local', asOf: 0, lagMs: 0, relaxed: false } as const
  const principal: Principal = {
    subject: sub,
    clientId: 'web',
    scopes: scopes ?? String(all.scope).split(' ').filter(Boolean),
    groups,
    issuer,
    expiresAt: Date.now() + 60_000,
    claims: all as unknown as Principal['claims'],
    evidence: evidence as unknown as Principal['evidence'],
  }
  let loads = 0
  const found: DecisionResource | undefined = resource && {
    type: resource.type,
    id: resource.id,
    parents: resource.parents ?? [],
    async attributes() {
      loads += 1
      const { attributes = {} } = resource
      return typeof attributes === 'function' ? (attributes as () => object)() : attributes
    },
  }
  return {
    principal,
    action,
    resource: found,
    context,
    request: undefined,
    accessToken: () => 'a.b.c',
    get loads() {
      return loads
    },
  }
}
