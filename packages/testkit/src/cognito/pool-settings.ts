import { refuseUnknown } from '../known-names.js'
import type { Randomness } from '../randomness.js'
import type { AppClientSettings } from './app-clients.js'
import { COGNITO } from './cognito-kind.js'
import { type PoolAddress, randomAddress } from './pool-address.js'
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
  /** `IssuerConfiguration.Type` of the pool. Default `'ORIGINAL'`; the UPDATED host then answers 403, as AWS's does. */
  readonly issuerType?: 'ORIGINAL' | 'UPDATED'
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
  /** Scopes of resource servers. */
  readonly customScopes: readonly string[]
  readonly issuerType: 'ORIGINAL' | 'UPDATED'
  readonly tokenRevocation: boolean
}

const { maker } = COGNITO
const KNOWN = ['clients', 'users', 'resourceServers', 'issuerType', 'tokenRevocation', 'seed']

export function poolSettings(options: FakeCognitoOptions, random: Randomness): PoolSettings {
  refuseUnknown(maker, 'the pool', options, KNOWN)
  const { resourceServers = {}, issuerType = 'ORIGINAL', tokenRevocation = true } = options
  if (!Object.values<unknown>(resourceServers).every(Array.isArray)) {
    throw new TypeError(`${maker}: resourceServers must map identifiers to lists of scope names: { orders: ['read'] }`)
  }
  if (issuerType !== 'ORIGINAL' && issuerType !== 'UPDATED') {
    throw new TypeError(`${maker}: issuerType must be 'ORIGINAL' or 'UPDATED'`)
  }
  if (typeof tokenRevocation !== 'boolean') throw new TypeError(`${maker}: tokenRevocation must be true or false`)
  const customScopes = Object.entries(resourceServers).flatMap(([id, names]) => names.map((name) => `${id}/${name}`))
  return { ...randomAddress(random), customScopes, issuerType, tokenRevocation }
}
