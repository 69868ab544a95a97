/** Scopes every user pool has. */
export type StandardScope = 'openid' | 'email' | 'phone' | 'profile' | 'aws.cognito.signin.user.admin'

/** The scope of the user's own operations, such as `GetUser`; the only one a sign-in through the SDK gives. */
export const USER_ADMIN: StandardScope = 'aws.cognito.signin.user.admin'

export const STANDARD_SCOPES: readonly StandardScope[] = ['openid', 'email', 'phone', 'profile', USER_ADMIN]

/** Resource servers by identifier, each with the names of its scopes. */
export type ResourceServers = Readonly<Record<string, readonly string[]>>

/** `'orders/read'` for `{ orders: ['read'] }`. */
export type ScopeOf<Servers extends ResourceServers> = {
  [Id in keyof Servers & string]: `${Id}/${Servers[Id][number]}`
}[keyof Servers & string]

/** What is wrong with a scope that the resource servers of a pool do not have, and what to do about it. */
export function unknownScope(scope: string, servers: ResourceServers): string {
  if (STANDARD_SCOPES.some((standard) => standard === scope)) {
    return `Cognito gives ${scope} to users alone, never to a machine`
  }
  // The name of a scope has no slash, unlike the identifier, which may be a URL.
  const at = scope.lastIndexOf('/')
  const [id, name] = [scope.slice(0, Math.max(at, 0)), scope.slice(at + 1)]
  if (id === '' || name === '') {
    return `the pool has no scope ${scope}; one of a resource server is written 'orders/read', for resourceServers: { orders: ['read'] }`
  }
  const names = Object.hasOwn(servers, id) ? servers[id] : undefined
  if (names === undefined) {
    return `the pool has no scope ${scope}; declare its resource server in resourceServers: { ${keyOf(id)}: ['${name}'] }`
  }
  const place = /^\w+$/.test(id) ? `resourceServers.${id}` : `resourceServers['${id}']`
  return `the pool has no scope ${scope}: ${id} has ${names.join(', ') || 'none'}; add ${name} to ${place}`
}

function keyOf(id: string): string {
  return /^\w+$/.test(id) ? id : `'${id}'`
}
