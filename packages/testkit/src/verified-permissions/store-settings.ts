import type { FakeKind } from '../endpoints/fake-server.js'
import { refuseUnknown } from '../known-names.js'
import type { PublishedKey } from '../jws/signing-key.js'

/** A user pool that is an identity source: what `fakeCognito()` makes, or as much of one. */
export interface IdentityPool {
  /** Its id: what comes before `|` in the ids of its users and groups. */
  readonly userPoolId: string
  /** What `iss` says in its tokens. */
  readonly issuer: string
  /** Time as the pool sees it. */
  readonly clock: { now(): number }
  /** Its public keys. */
  publicKeys(): Promise<{ readonly keys: readonly PublishedKey[] }>
}

/** The identity source of a store (`CognitoUserPoolConfiguration`). A store has one at most. */
export interface IdentitySourceSettings {
  /** The pool whose tokens the store reads. */
  readonly pool: IdentityPool
  /** App clients whose tokens are taken. Default: those of all. */
  readonly clientIds?: readonly string[]
  /** Type of its users in the schema, with the namespace. */
  readonly principalEntityType: string
  /** Type of its groups in the schema, with the namespace. Default `'AWS::CognitoGroup'`. */
  readonly groupEntityType?: string
}

/** What a fake policy store is made with. */
export interface FakeVerifiedPermissionsOptions {
  /** Its policies: Cedar text. A policy with an annotation `@id("a")` has the name `name/a`. Default none. */
  readonly policies?: string
  /** Its schema: Cedar text, or JSON as an object. Default none. */
  readonly schema?: string | object
  /** Whose tokens it reads. Default nobody's: `IsAuthorizedWithToken` is refused then. */
  readonly identitySource?: IdentitySourceSettings
  /**
   * `ValidationSettings.mode`. Default `'STRICT'`: policies and requests must fit the schema. `'OFF'`: nothing is validated,
   * and requests are evaluated without the schema.
   */
  readonly validation?: 'STRICT' | 'OFF'
}

export const STORE: FakeKind = {
  maker: 'fakeVerifiedPermissions',
  noun: 'store',
  addresses: 'store.isAuthorized.url, for all operations',
}

/** The Region of every fake store, which has no AWS host. */
export const REGION = 'xx-fake-1'

const OPTIONS = ['policies', 'schema', 'identitySource', 'validation']
const SOURCE_OPTIONS = ['pool', 'clientIds', 'principalEntityType', 'groupEntityType']

export function checkSettings(options: FakeVerifiedPermissionsOptions): void {
  const { maker } = STORE
  refuseUnknown(maker, 'the store', options, OPTIONS)
  const { policies = '', schema = {}, identitySource, validation = 'STRICT' } = options
  if (typeof policies !== 'string') throw new TypeError(`${maker}: policies must be Cedar text`)
  if (typeof schema !== 'string' && (typeof schema !== 'object' || schema === null)) {
    throw new TypeError(`${maker}: schema must be Cedar text, or JSON as an object`)
  }
  if (validation !== 'STRICT' && validation !== 'OFF') {
    throw new TypeError(`${maker}: validation must be 'STRICT' or 'OFF'`)
  }
  if (identitySource === undefined) return
  refuseUnknown(maker, 'identitySource', identitySource, SOURCE_OPTIONS)
  if (typeof identitySource.pool?.publicKeys !== 'function') {
    throw new TypeError(`${maker}: identitySource.pool must be what fakeCognito() makes`)
  }
  if (typeof identitySource.principalEntityType !== 'string') {
    throw new TypeError(`${maker}: identitySource needs a principalEntityType, such as 'Shop::User'`)
  }
}
