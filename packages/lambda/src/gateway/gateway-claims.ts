/** Claims as a JWT authorizer of API Gateway hands them on: every value as text. */
export type GatewayClaims = Readonly<Record<string, unknown>>

/** Times, which are numbers in the token (RFC 7519 §4.1, OpenID Connect Core §2). */
const TIMES = new Set(['exp', 'iat', 'nbf', 'auth_time'])
/** `[a b]` may be the groups `a` and `b`, or one group with a space in its name: nothing here can tell. */
const GROUPS = new Set(['cognito:groups', 'groups'])

/** The claims of the JWT authorizer of an HTTP API, by payload format; `undefined` where none has put any there. */
export function gatewayClaimsOf(event: unknown): GatewayClaims | undefined {
  const { version, requestContext } = (event ?? {}) as { readonly version?: unknown; readonly requestContext?: unknown }
  const { authorizer } = (requestContext ?? {}) as { readonly authorizer?: unknown }
  const own = version === '2.0' ? memberOf(authorizer, 'jwt') : authorizer
  const claims = memberOf(own, 'claims')
  return isRecord(claims) ? claims : undefined
}

/** Whether an HTTP API made the event: the authorizers of REST APIs write times in words, and know no access tokens. */
export function isFromHttpApi(event: unknown): boolean {
  const version = memberOf(event, 'version')
  return version === '2.0' || version === '1.0'
}

/**
 * The claims with the types of a token where that is certain: times are numbers again. Groups are left out. Everything
 * else stays the text it is, so that an audience written as a list is no audience.
 */
export function typedClaims(claims: GatewayClaims): Record<string, unknown> {
  const entries = Object.entries(claims).filter(([name]) => !GROUPS.has(name))
  return Object.fromEntries(entries.map(([name, value]) => [name, TIMES.has(name) ? timeOf(value) : value]))
}

/** Only plain seconds become a number; what else there may be is text, which is no time. */
function timeOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value
}

function memberOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
