import type { AccessTokenClaims } from './access-token-claims.js'
import type { Principal } from './principal.js'
import type { AnyRequest, PathParameters } from './protected-request.js'

/** What the functions of a policy are given. */
export interface PolicyInput<Claims = AccessTokenClaims> {
  /** Who is calling. Every check of the token has passed by then. */
  readonly principal: Principal<Claims>
  /** The request as it was handed in; `undefined` where there is none, as in `verify`. */
  readonly request: AnyRequest | undefined
  /** The request's `params`; empty where it has none. */
  readonly params: PathParameters
}

/** A function of a policy. Written as a method, so that a policy with a schema may stand wherever any policy may. */
export type PolicyFunction<Claims, Result> = {
  call(input: PolicyInput<Claims>): Result | Promise<Result>
}['call']

/** Names one thing. */
export interface EntityReference {
  /** What kind of thing it is, as the decision point calls it: `'Order'`, or `'Shop::Order'` of Cedar. Not empty. */
  readonly type: string
  /** Which one of its kind. Not empty. */
  readonly id: string
}

/** What is acted upon. */
export interface PolicyResource extends EntityReference {
  /**
   * What is known of it, or a function that finds out. It is called only where the decision point asks, and once for each
   * decision. `null` or `undefined` says that there is no such thing: 403. Default: nothing is known.
   */
  readonly attributes?: object | (() => ResourceAttributes | Promise<ResourceAttributes>) | undefined
  /** What it belongs to, as a photo does to an album. Default none. */
  readonly parents?: readonly EntityReference[] | undefined
}

/** What a loader of attributes brings; nothing where there is no such thing. */
export type ResourceAttributes = object | null | undefined
