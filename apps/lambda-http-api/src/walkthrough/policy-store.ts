import { fakeVerifiedPermissions, type IdentityPool } from '@tokenward/testkit/verified-permissions'

const schema = `namespace Shop {
  type Token = { client_id?: String, scope?: Set<String>, sub?: String, username?: String };

  entity UserGroup;
  entity User in [UserGroup];
  entity Order = { owner: String };

  action read appliesTo {
    principal: User,
    resource: Order,
    context: { token: Token },
  };
}`

/** A policy store with the pool as its identity source, and with what no scope could say. */
export function demoStore(pool: IdentityPool) {
  const policies = `
    @id("owners-read")
    permit(principal, action == Shop::Action::"read", resource is Shop::Order)
    when { context.token has sub && resource.owner == context.token.sub };

    @id("staff-reads")
    permit(principal in Shop::UserGroup::"${pool.userPoolId}|staff", action == Shop::Action::"read", resource);`
  const types = { principalEntityType: 'Shop::User', groupEntityType: 'Shop::UserGroup' }
  return fakeVerifiedPermissions({ policies, schema, identitySource: { pool, ...types } })
}
