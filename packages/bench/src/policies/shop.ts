const ACTIONS = 50
/** As a decision point calls them. */
export const actions = Array.from({ length: ACTIONS }, (_, index) => `action-${index}`)

/** Of a shop. */
export const schema = `
namespace Shop {
  type Token = {
    client_id?: String, exp?: Long, iat?: Long, iss?: String, jti?: String, scope?: Set<String>, sub?: String, username?: String,
  };
  entity UserGroup;
  entity User in [UserGroup];
  entity Market;
  entity Order in [Market] = { owner: User, total: decimal, note?: String };
  action ${actions.map((action) => `"${action}"`).join(', ')} appliesTo {
    principal: User, resource: Order, context: { token: Token, mfa?: Bool },
  };
}`

/** Two hundred: for each action an owner, a group, a scope with a market, and something that forbids. */
export const policies = actions
  .map((action) => {
    const scope = (principal: string, resource = 'resource is Shop::Order') =>
      `(${principal}, action == Shop::Action::"${action}", ${resource})`
    return `
@id("${action}/owner") permit${scope('principal')} when { resource.owner == principal };
@id("${action}/group") permit${scope('principal in Shop::UserGroup::"eu-west-1_AbCdEf123|staff"')};
@id("${action}/market") permit${scope('principal', 'resource in Shop::Market::"eu"')}
  when { context.token has scope && context.token.scope.containsAll(["orders/read", "${action}"]) };
@id("${action}/limit") forbid${scope('principal')}
  when { resource.total.greaterThan(decimal("500.00")) } unless { context has mfa && context.mfa };`
  })
  .join('\n')

/** What a request of core would bring: a user of Cognito, in three groups, and an order. */
export const caller = {
  poolId: 'eu-west-1_AbCdEf123',
  subject: '5d6fe2a1-7d9e-4d3c-9a44-1b1f0a4c2f10',
  groups: ['staff', 'packers', 'berlin'],
  scopes: ['openid', 'orders/read', 'orders/write'],
}
