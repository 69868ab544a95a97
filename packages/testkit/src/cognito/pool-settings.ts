import { isObject, kindOf } from '../given-values.js'
import { refuseUnknown } from '../known-names.js'
import type { Randomness } from '../randomness.js'
import type { AppClientSettings } from './app-clients.js'
import { COGNITO } from './cognito-kind.js'
import { type PoolAddress, randomAddress } from './pool-address.js'
import type { IssuerType } from './pool-issuer.js'
import type { ResourceServers, ScopeOf, StandardScope } from './scopes.js'
import type { PoolUserSettings } from './users.js'

/** What a fake pool is made with. */
export interface FakeCognitoOptions<Servers extends ResourceServers = ResourceServers> {
  /**
   * App clients, by id or with their settings; tokens are for the first that suits unless told otherwise. Default
   * `['test-client']`.
   */
  readonly clients?: readonly [AppClientOf<Servers>, ...AppClientOf<Servers>[]]
  /** Users who can sign in. Default none; tokens can be made for anybody. */
  readonly users?: readonly PoolUserSettings[]
  /** Resource servers and their scopes: `{ orders: ['read', 'write'] }` gives `orders/read` and `orders/write`. Default none. */
  readonly resourceServers?: Servers
  /**
   * `IssuerConfiguration.Type` of the pool. Default `'ORIGINAL'`; the UPDATED host then answers 403, as AWS's does, until
   * `switchIssuer()`.
   */
  readonly issuerType?: IssuerType
  /**
   * `EnableTokenRevocation` of the app clients. Default `true`. `false`: tokens without `jti` and `origin_jti`, and no
   * way to end one login; a whole user can still be signed out.
   */
  readonly tokenRevocation?: boolean
  /**
   * The same seed gives the same pool id, domain, subs, names of keys, token ids, codes and refresh tokens, as long as the
   * test does the same. Keys, and thereby signatures, are fresh in any case, and times are those of the clock. Of pools with
   * one seed only one may listen at a time. Default none: all is random.
   */
  readonly seed?: string | number
}

type AppClientOf<Servers extends ResourceServers> = string | AppClientSettings<StandardScope | ScopeOf<Servers>>

export interface PoolSettings extends PoolAddress {
  readonly resourceServers: ResourceServers
  /** Scopes of resource servers. */
  readonly customScopes: readonly string[]
  /** At first. */
  readonly issuerType: IssuerType
  readonly tokenRevocation: boolean
}

const { maker } = COGNITO
const KNOWN = ['clients', 'users', 'resourceServers', 'issuerType', 'tokenRevocation', 'seed']

/** Before anything is read. */
export function checkOptionNames(options: FakeCognitoOptions): void {
  refuseUnknown(maker, 'the pool', options, KNOWN)
}

export function poolSettings(options: FakeCognitoOptions, random: Randomness): PoolSettings {
  const { resourceServers = {}, issuerType = 'ORIGINAL', tokenRevocation = true } = options
  checkResourceServers(resourceServers)
  if (issuerType !== 'ORIGINAL' && issuerType !== 'UPDATED') {
    throw new TypeError(`${maker}: issuerType must be 'ORIGINAL' or 'UPDATED'`)
  }
  if (typeof tokenRevocation !== 'boolean') throw new TypeError(`${maker}: tokenRevocation must be true or false`)
  const customScopes = Object.entries(resourceServers).flatMap(([id, names]) => names.map((name) => `${id}/${name}`))
  return { ...randomAddress(random), resourceServers, customScopes, issuerType, tokenRevocation }
}

/** `ScopeName` of the API: printable ASCII without spaces, quotes, slashes and backslashes. */
const SCOPE_NAME = /^[!#-.0-[\]-~]+$/

function checkResourceServers(servers: ResourceServers): void {
  if (!isObject(servers) || !Object.values<unknown>(servers).every(Array.isArray)) {
    const given = isObject(servers) ? '' : `, not ${kindOf(servers)}`
    throw new TypeError(
      `${maker}: resourceServers must map identifiers to lists of scope names: { orders: ['read'] }${given}`,
    )
  }
  for (const [id, names] of Object.entries(servers)) {
    if (!names.every((name) => typeof name === 'string' && SCOPE_NAME.test(name))) {
      throw new TypeError(
        `${maker}: resourceServers.${id} takes names without spaces and slashes, as 'read' for the scope ${id}/read`,
      )
    }
  }
}
