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
