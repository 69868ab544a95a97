import type { PolicyResource } from '@tokenward/core'
import type { CedarEntity } from '../../src/index.js'

/**
 * One decision, written by hand from what AWS documents. `{pool}` and `{other}` stand for the ids of two user pools, of which
 * the first is the identity source of the policy store.
 */
export interface TwinRow {
  readonly title: string
  /** Where it is written: a page of the Verified Permissions user guide (`avp-ug/…`), of its API reference (`avp-api/…`), a
   * shape of its model (`service-2.json`), or of the guide of Cedar (`cedar/…`). */
  readonly source: string
  /** `'plain'`: a store and a decision point without a schema. Default `'shop'`. */
  readonly world?: 'shop' | 'plain'
  readonly token?: {
    readonly kind?: 'id' | 'machine'
    readonly pool?: 'other'
    readonly sub?: string
    readonly groups?: readonly string[]
    readonly scopes?: readonly string[]
    readonly claims?: Readonly<Record<string, unknown>>
  }
  readonly action: string
  readonly resource?: PolicyResource
  readonly context?: object
  /** Entities beside the resource. */
  readonly entities?: readonly CedarEntity[]
  readonly expected: Expected
  /** Body of `IsAuthorizedWithToken`, without `policyStoreId` and the token. `'nothing'`: no call is made. */
  readonly sent: object | 'nothing'
  /** Body of `IsAuthorized`, without `policyStoreId`. `'nothing'`: no call is made. */
  readonly mapped?: object | 'nothing'
}

type Undecided = 'request-data' | 'configuration'

/** What all sides say; where the issue of data and schema is seen by different parties, each for itself. */
export type Expected =
  | { readonly permit: readonly string[]; readonly failed?: readonly string[] }
  | { readonly deny: readonly string[]; readonly failed?: readonly string[] }
  | { readonly undecided: Undecided | { readonly local: Undecided; readonly remote: Undecided } }
  | { readonly withToken: Undecided; readonly others: { readonly permit: readonly string[] } }

/** `ActionIdentifier` */
export const does = (actionId: string) => ({ actionType: 'Shop::Action', actionId })
/** `EntityIdentifier` of a type in the namespace */
export const is = (type: string, entityId: string) => ({ entityType: `Shop::${type}`, entityId })
/** What routes without a resource act upon. */
export const shop = { entityType: 'Shop::Application', entityId: 'Shop' }
