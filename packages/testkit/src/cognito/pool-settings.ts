import { randomBytes } from 'node:crypto'
import type { FakeKind } from '../endpoints/fake-server.js'
import { refuseUnknown } from '../known-names.js'

/** Scopes every user pool has. */
export type StandardScope = 'openid' | 'email' | 'phone' | 'profile' | 'aws.cognito.signin.user.admin'

export const STANDARD_SCOPES: readonly StandardScope[] = [
  'openid',
  'email',
  'phone',
  'profile',
  'aws.cognito.signin.user.admin',
]

/** Resource servers by identifier, each with the names of its scopes. */
export type ResourceServers = Readonly<Record<string, readonly string[]>>

/** `'orders/read'` for `{ orders: ['read'] }`. */
export type ScopeOf<Servers extends ResourceServers> = {
  [Id in keyof Servers & string]: `${Id}/${Servers[Id][number]}`
}[keyof Servers & string]

/** What a fake pool is made with. */
export interface FakeCognitoOptions<Servers extends ResourceServers = ResourceServers> {
  /** App client ids; tokens are for the first unless told otherwise. Default `['test-client']`. */
  readonly clients?: readonly [string, ...string[]]
  /** Resource servers and their scopes: `{ orders: ['read', 'write'] }` gives `orders/read` and `orders/write`. Default none. */
  readonly resourceServers?: Servers
  /** `IssuerConfiguration.Type` of the pool. Default `'ORIGINAL'`; the UPDATED host then answers 403, as AWS's does. */
  readonly issuerType?: 'ORIGINAL' | 'UPDATED'
  /**
   * `EnableTokenRevocation` of the app clients. Default `true`. `false`: tokens without `jti` and `origin_jti`, and no
   * way to end one login; a whole user can still be signed out.
   */
  readonly tokenRevocation?: boolean
}

export const COGNITO: FakeKind = { maker: 'fakeCognito', noun: 'pool' }

/** The Region of every fake pool: it has the form of one, and no AWS host belongs to it. */
export const REGION = 'xx-fake-1'

/** What the hosts of all domains in the Region end with. */
export const DOMAIN_SUFFIX: string = `.auth.${REGION}.amazoncognito.com`

export interface PoolSettings {
  readonly userPoolId: string
  readonly clients: readonly [string, ...string[]]
  /** Scopes of resource servers. */
  readonly customScopes: readonly string[]
  readonly issuers: { readonly ORIGINAL: string; readonly UPDATED: string }
  readonly issuerType: 'ORIGINAL' | 'UPDATED'
  /** Origin of the domain, where the OAuth endpoints stand. */
  readonly domain: string
  readonly tokenRevocation: boolean
}

export function poolSettings(options: FakeCognitoOptions): PoolSettings {
  const { clients = ['test-client'], resourceServers = {}, issuerType = 'ORIGINAL', tokenRevocation = true } = options
  refuseUnknown('fakeCognito', 'the pool', options, ['clients', 'resourceServers', 'issuerType', 'tokenRevocation'])
  if (!Array.isArray(clients) || clients.length === 0) {
    throw new TypeError('fakeCognito: clients must be a list of one or more app client ids')
  }
  if (!Object.values<unknown>(resourceServers).every(Array.isArray)) {
    throw new TypeError(
      "fakeCognito: resourceServers must map identifiers to lists of scope names: { orders: ['read'] }",
    )
  }
  if (issuerType !== 'ORIGINAL' && issuerType !== 'UPDATED') {
    throw new TypeError("fakeCognito: issuerType must be 'ORIGINAL' or 'UPDATED'")
  }
  if (typeof tokenRevocation !== 'boolean') throw new TypeError('fakeCognito: tokenRevocation must be true or false')
  const userPoolId = `${REGION}_${randomAlphanumeric(9)}`
  const customScopes = Object.entries(resourceServers).flatMap(([id, names]) => names.map((name) => `${id}/${name}`))
  return {
    userPoolId,
    clients,
    customScopes,
    issuers: {
      ORIGINAL: `https://cognito-idp.${REGION}.amazonaws.com/${userPoolId}`,
      UPDATED: `https://issuer-cognito-idp.${REGION}.amazonaws.com/${userPoolId}`,
    },
    issuerType,
    domain: `https://${userPoolId.replace('_', '-').toLowerCase()}${DOMAIN_SUFFIX}`,
    tokenRevocation,
  }
}

function randomAlphanumeric(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('')
}
