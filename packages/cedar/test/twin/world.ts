/** One action for each topic, so that a slice is a small part of the whole. */
export const schema = `
namespace Shop {
  type Token = {
    scope: Set<String>, client_id: String, exp?: Long, tenant?: String, version?: Long, staff?: Bool, roles?: Set<String>,
    address?: { country: String, zip?: String }, nothing?: String, rate?: Long, ref?: { kind: String },
  };
  entity UserGroup in [UserGroup] = { open?: Bool };
  entity User in [UserGroup] = { email?: String, "cognito:username"?: String, "custom:dept"?: String, points?: Long };
  entity Application;
  entity Market in [Market] = { open?: Bool };
  entity Order in [Market] = {
    owner?: User, total?: decimal, note?: String, placed?: datetime, buyers?: Set<User>, market?: Market, lines?: Set<Long>,
    limits?: { day?: Long }, net?: ipaddr, age?: duration,
  };
  action all;
  action "by-user", "by-id", "by-group", "by-two-groups", "by-odd-name" in [all]
    appliesTo { principal: User, resource: [Application, Order, UserGroup, User], context: { token: Token } };
  action "by-email", "by-department" appliesTo { principal: User, resource: Application, context: {} };
  action "by-scope", "by-client", "by-tenant", "by-version", "by-staff", "by-role", "by-address", "by-expiry", "by-nothing",
    "by-rate", "by-ref", "by-machine"
    appliesTo { principal: User, resource: Application, context: { token: Token } };
  action "with-context"
    appliesTo { principal: User, resource: Application, context: {
      token: Token, mfa?: Bool, amount?: Long, channel?: String, tags?: Set<String>, place?: { city?: String, floor?: Long },
      from?: ipaddr, at?: datetime, lasts?: duration, price?: decimal, friend?: User, deep?: {},
    } };
  action read, refund, browse, share, ship, compare, visit
    appliesTo { principal: User, resource: [Order], context: { token: Token, mfa?: Bool } };
}`

export const policies = `
@id("user-one") permit(principal == Shop::User::"{pool}|u1", action == Shop::Action::"by-user", resource);
@id("odd-ids") permit(principal, action == Shop::Action::"by-id", resource) when {
  principal == Shop::User::"{pool}|auth0|123" || principal == Shop::User::"{pool}|ünï-💡"
  || principal == Shop::User::"{pool}|a\\"b\\\\c" };
@id("admins") permit(principal in Shop::UserGroup::"{pool}|admins", action == Shop::Action::"by-group", resource);
@id("clerks") permit(principal in Shop::UserGroup::"{pool}|clerks", action == Shop::Action::"by-two-groups", resource);
@id("no-banned") forbid(principal in Shop::UserGroup::"{pool}|banned", action == Shop::Action::"by-two-groups", resource);
@id("odd-groups") permit(principal, action == Shop::Action::"by-odd-name", resource) when {
  principal in Shop::UserGroup::"{pool}|a|b" || principal in Shop::UserGroup::"{pool}|größe 𝕏"
  || principal in Shop::UserGroup::"{pool}|two words" };
@id("auditors-all") permit(principal in Shop::UserGroup::"{pool}|auditors", action in Shop::Action::"all", resource);

@id("own-email") permit(principal, action == Shop::Action::"by-email", resource) when {
  principal has email && principal.email == "u1@example.com"
  && principal has "cognito:username" && principal["cognito:username"] == "one" };
@id("department") permit(principal, action == Shop::Action::"by-department", resource) when {
  principal has "custom:dept" && principal["custom:dept"] == "books" };

@id("scope") permit(principal, action == Shop::Action::"by-scope", resource) when {
  context.token.scope.contains("orders/read") };
@id("client") permit(principal, action == Shop::Action::"by-client", resource) when { context.token.client_id == "web" };
@id("tenant") permit(principal, action == Shop::Action::"by-tenant", resource) when {
  context.token has tenant && context.token.tenant == "t-1" };
@id("version") permit(principal, action == Shop::Action::"by-version", resource) when {
  context.token has version && context.token.version == 2 };
@id("staff") permit(principal, action == Shop::Action::"by-staff", resource) when {
  context.token has staff && context.token.staff };
@id("role") permit(principal, action == Shop::Action::"by-role", resource) when {
  context.token has roles && context.token.roles.containsAny(["buyer", "seller"]) };
@id("address") permit(principal, action == Shop::Action::"by-address", resource) when {
  context.token has address && context.token.address.country == "DE" && !(context.token.address has zip) };
@id("expiry") permit(principal, action == Shop::Action::"by-expiry", resource) when {
  context.token has exp && context.token.exp > 1700000000 };
@id("nothing") permit(principal, action == Shop::Action::"by-nothing", resource) when { context.token has nothing };
@id("rate") permit(principal, action == Shop::Action::"by-rate", resource) when { context.token has rate };
@id("ref") permit(principal, action == Shop::Action::"by-ref", resource) when { context.token has ref };
@id("machine") permit(principal == Shop::User::"{pool}|robot", action == Shop::Action::"by-machine", resource) when {
  context.token.scope == ["orders/write"] };

@id("second-factor") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has mfa && context.mfa };
@id("amount") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has amount && context.amount <= 100 };
@id("channel") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has channel && context.channel like "*web-ü" };
@id("tags") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has tags && context.tags.containsAll(["a", "b"]) };
@id("no-tags") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has tags && context.tags.isEmpty() };
@id("place") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has place && context.place has city && context.place.city == "Köln" };
@id("nowhere") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has place && !(context.place has city) };
@id("network") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has from && context.from.isInRange(ip("10.0.0.0/8")) };
@id("hours") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has at && context.at < datetime("2026-12-01") && context.at >= datetime("2026-11-27T10:00:00Z") };
@id("short") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has lasts && context.lasts < duration("2h") };
@id("cheap") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has price && context.price.lessThan(decimal("12.51")) };
@id("friend") permit(principal, action == Shop::Action::"with-context", resource) when {
  context has friend && context.friend == Shop::User::"{pool}|u2" };

@id("owner") permit(principal, action == Shop::Action::"read", resource) when {
  resource has owner && resource.owner == principal };
@id("note") permit(principal, action == Shop::Action::"read", resource) when {
  resource has note && resource.note == "for all" };
@id("named-order") permit(principal, action == Shop::Action::"visit", resource) when {
  resource == Shop::Order::"a|b" || resource == Shop::Order::"größe-💡" || resource == Shop::Order::"7" };
@id("market-eu") permit(principal, action == Shop::Action::"browse", resource in Shop::Market::"eu");
@id("owner-refunds") permit(principal, action == Shop::Action::"refund", resource) when {
  resource has owner && resource.owner == principal };
@id("large-refund") forbid(principal, action == Shop::Action::"refund", resource) when {
  resource has total && resource.total.greaterThan(decimal("100.00")) } unless { context has mfa && context.mfa };
@id("buyer") permit(principal, action == Shop::Action::"share", resource) when {
  resource has buyers && resource.buyers.contains(principal) };
@id("old") permit(principal, action == Shop::Action::"ship", resource) when {
  resource has placed && resource.placed < datetime("2026-11-27") };
@id("fresh") permit(principal, action == Shop::Action::"ship", resource) when {
  resource has age && resource.age < duration("1d") };
@id("inside") permit(principal, action == Shop::Action::"ship", resource) when {
  resource has net && resource.net.isIpv6() };
@id("open-market") permit(principal, action == Shop::Action::"compare", resource) when {
  resource has market && resource.market has open && resource.market.open };
@id("lines") permit(principal, action == Shop::Action::"compare", resource) when {
  resource has lines && resource.lines.contains(9007199254740991) };
@id("limits") permit(principal, action == Shop::Action::"compare", resource) when {
  resource has limits && resource.limits has day && resource.limits.day == -1 };
`

/** Without a schema, policies may read what is not there. */
export const plainPolicies = `
@id("reads-a-claim") permit(principal, action == Shop::Action::"a", resource) when { context.token.tenant == "t-1" };
@id("stands") permit(principal, action == Shop::Action::"b", resource);
@id("forbids-by-a-claim") forbid(principal, action == Shop::Action::"b", resource) when { context.token.tenant == "t-1" };
@id("groups-are-no-claim") permit(principal, action == Shop::Action::"c", resource) when {
  !(context.token has "cognito:groups") && principal in Shop::UserGroup::"{pool}|admins" };
@id("reads-an-attribute") permit(principal, action == Shop::Action::"d", resource) when { resource.owner == principal };
@id("any-claim") permit(principal, action == Shop::Action::"e", resource) when {
  context.token.token_use == "access" && context.token.iss like "https://*" && context.token has jti };
@id("mixed") permit(principal, action == Shop::Action::"f", resource) when { context.mixed.contains("a") };
@id("claims-of-all-kinds") permit(principal, action == Shop::Action::"g", resource) when {
  context.token.n == -5 && context.token.f == false && context.token.list == [1, 2] && context.token.o.p.q == "r"
  && !(context.token has null_claim) && !(context.token has half) && !(context.token has list_with_null) };
`
