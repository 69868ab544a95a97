import { ConfigurationError } from '@tokenward/core'
import { checkOptionNames } from '../options.js'

/** What an API asks of access tokens today, from which policies are made. */
export interface ApiDescription {
  /** Namespace of everything in schema and policies, such as `'Shop'`. */
  readonly namespace: string
  /** Resource servers and the names of their scopes: `{ orders: ['read'] }` is the scope `orders/read`. */
  readonly resourceServers: Readonly<Record<string, readonly string[]>>
  /** Groups of the user pools. Needed by routes that name one. Default none. */
  readonly groups?: readonly string[]
  /** Ids of the user pools, which stand before the names of groups. Needed where there are groups. */
  readonly userPoolId?: string | readonly string[]
  /** Claims beside those of Cognito, by their types: `{ tenant: 'String' }`. All are optional. Default none. */
  readonly claims?: Readonly<Record<string, string>>
  /** Types that routes act upon, with their attributes: `{ Order: { owner: 'User', 'note?': 'String' } }`. Default none. */
  readonly resources?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The routes. One or more. */
  readonly routes: readonly RouteDescription[]
}

/** One route, or several with one action. */
export interface RouteDescription {
  /** The action, as in the policy of the route. */
  readonly action: string
  /** Scopes a token must have, all of them. */
  readonly scopes?: readonly string[]
  /** Scopes of which a token must have one. */
  readonly anyScope?: readonly string[]
  /** Groups of which a principal must be in one. */
  readonly groups?: readonly string[]
  /** That every token will do. It must be said where nothing else is. */
  readonly anyToken?: true
  /** Type of what is acted upon, one of `resources`. Default: the application. */
  readonly resource?: string
  /** What the route says in `context`, by types: `{ 'mfa?': 'Bool' }`. Default nothing. */
  readonly context?: Readonly<Record<string, string>>
}

const OWNER = 'generateCedar'
const MEMBERS = ['namespace', 'resourceServers', 'groups', 'userPoolId', 'claims', 'resources', 'routes']
const ROUTE_MEMBERS = ['action', 'scopes', 'anyScope', 'groups', 'anyToken', 'resource', 'context']
const STANDARD_SCOPES = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin']
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const NAMESPACE = /^(?:[_a-zA-Z][_a-zA-Z0-9]*::)*[_a-zA-Z][_a-zA-Z0-9]*$/

/** Everything a mistake could be made in: a misspelt scope would make a policy that permits nobody, or everybody. */
export function checkDescription(description: ApiDescription): void {
  checkOptionNames(OWNER, description, MEMBERS)
  const { namespace, resourceServers, groups = [], userPoolId, claims = {}, resources = {}, routes } = description
  if (typeof namespace !== 'string' || !NAMESPACE.test(namespace)) {
    throw new ConfigurationError(`${OWNER}.namespace`, "must be a name of Cedar, such as 'Shop'")
  }
  checkMap(
    `${OWNER}.resourceServers`,
    resourceServers,
    isTextList,
    "must map identifiers to lists of scopes: { orders: ['read'] }",
  )
  checkMap(`${OWNER}.claims`, claims, isText, "must map names to types: { tenant: 'String' }")
  checkMap(`${OWNER}.resources`, resources, isRecord, "must map types to attributes: { Order: { owner: 'User' } }")
  for (const type of Object.keys(resources)) {
    if (IDENTIFIER.test(type)) continue
    throw new ConfigurationError(`${OWNER}.resources.${type}`, 'must have the name of a type of Cedar')
  }
  if (!isTextList(groups)) throw new ConfigurationError(`${OWNER}.groups`, 'must be a list of names')
  const pools = userPoolsOf(description)
  if (groups.length > 0 && (pools.length === 0 || !isTextList(pools))) {
    throw new ConfigurationError(
      `${OWNER}.userPoolId`,
      `must be the id of the pool of the groups; it is ${typeof userPoolId}`,
    )
  }
  if (!Array.isArray(routes) || routes.length === 0) {
    throw new ConfigurationError(
      `${OWNER}.routes`,
      "must be a list of one or more: [{ action: 'read', scopes: ['orders/read'] }]",
    )
  }
  const scopes = new Set([...STANDARD_SCOPES, ...scopesOf(description)])
  for (const [index, route] of routes.entries()) checkRoute(`${OWNER}.routes[${index}]`, route, description, scopes)
  refuseTwice(routes)
}

export function userPoolsOf({ userPoolId = [] }: ApiDescription): readonly string[] {
  return typeof userPoolId === 'string' ? [userPoolId] : userPoolId
}

function scopesOf({ resourceServers }: ApiDescription): readonly string[] {
  return Object.entries(resourceServers).flatMap(([id, names]) => names.map((name) => `${id}/${name}`))
}

function checkRoute(
  owner: string,
  route: RouteDescription,
  { groups: knownGroups = [], resources = {} }: ApiDescription,
  knownScopes: ReadonlySet<string>,
): void {
  checkOptionNames(owner, route, ROUTE_MEMBERS)
  const { action, scopes, anyScope, groups, anyToken, resource, context = {} } = route
  if (!isText(action)) throw new ConfigurationError(`${owner}.action`, 'must be a text that is not empty')
  checkNames(`${owner}.scopes`, scopes, knownScopes, 'scope', 'resourceServers')
  checkNames(`${owner}.anyScope`, anyScope, knownScopes, 'scope', 'resourceServers')
  checkNames(`${owner}.groups`, groups, new Set(knownGroups), 'group', 'groups')
  const asksForSomething = [scopes, anyScope, groups].some((list) => list !== undefined)
  if (asksForSomething === (anyToken === true)) {
    throw new ConfigurationError(
      owner,
      asksForSomething
        ? 'asks for something, and so not for anyToken'
        : 'must ask for scopes, anyScope or groups, or say anyToken: true',
    )
  }
  if (resource !== undefined && !Object.hasOwn(resources, resource)) {
    throw new ConfigurationError(`${owner}.resource`, `is ${String(resource)}, which is not in resources`)
  }
  checkMap(`${owner}.context`, context, isText, "must map names to types: { 'mfa?': 'Bool' }")
  if (Object.keys(context).some((name) => name.replace(/\?$/, '') === 'token')) {
    throw new ConfigurationError(`${owner}.context`, 'must have no token: the claims stand there')
  }
}

function checkNames(
  option: string,
  given: readonly string[] | undefined,
  known: ReadonlySet<string>,
  noun: string,
  place: string,
): void {
  if (given === undefined) return
  if (!isTextList(given) || given.length === 0) {
    throw new ConfigurationError(option, `must be a list of one ${noun} or more`)
  }
  const unknown = given.find((name) => !known.has(name))
  if (unknown !== undefined) {
    throw new ConfigurationError(option, `names the ${noun} ${unknown}, which is not in ${place}`)
  }
}

/** Two routes with one action would permit what either of them asks for. */
function refuseTwice(routes: readonly RouteDescription[]): void {
  const actions = routes.map(({ action }) => action)
  const twice = actions.find((action, index) => actions.indexOf(action) < index)
  if (twice === undefined) return
  throw new ConfigurationError(
    `${OWNER}.routes`,
    `describes '${twice}' twice: routes that ask for different things need different actions`,
  )
}

function checkMap(option: string, map: unknown, isValue: (value: unknown) => boolean, accepted: string): void {
  if (!isRecord(map) || !Object.values(map).every(isValue)) throw new ConfigurationError(option, accepted)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && [...value].every(isText)
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
