import type { TrustedIssuer } from '../issuers/trusted-issuer.js'
import { ConfigurationError, RevocationError } from '../outcomes/errors.js'
import { type CloudTrailReason, emitTo, type TokenwardEvent } from '../outcomes/events.js'
import { booleanOption, checkOptionNames } from '../outcomes/option-check.js'
import { checkRevocationEntry, type RevocationEntry } from '../revocation/revocation-entry.js'
import { systemClock } from '../transport/clock.js'
import { isJsonObject, type JsonObject, type JsonValue, member } from '../vocabulary/json-object.js'
import { regionOfUserPool } from './user-pool-id.js'

/** Options of {@link cloudTrailRevocations}. */
export interface CloudTrailRevocationsOptions {
  /** The pools whose events count, as made by {@link cognitoUserPool}. */
  readonly userPools: readonly TrustedIssuer[]
  /**
   * `RevokeToken`, `RevokeUserSession` and `AdminRevokeUserSession` end one login, and CloudTrail does not say which one
   * (Amazon Cognito, "Amazon Cognito logging in AWS CloudTrail"). `true` ends all logins of the user instead. Default
   * `false`: the event is ignored, and its reason says so.
   */
  readonly endAllLoginsOfUser?: boolean | undefined
  /**
   * What to do with an event that names no user pool, as the ones of users who sign themselves out may. `true` takes it
   * for each of `userPools`: no two pools share a `sub`. Default `false`: the event is refused.
   */
  readonly acceptWithoutUserPoolId?: boolean | undefined
  /**
   * Told of each event that ends one login of a user without saying which, that changes a user or a client without
   * revoking anything, or that cannot be read. Give it what the server has as `onEvent`. Default: nobody.
   */
  readonly onEvent?: ((event: TokenwardEvent) => unknown) | undefined
}

/** What an event means for the list. */
export type CloudTrailReading =
  /** Add them to the list. */
  | { readonly entries: readonly RevocationEntry[] }
  /** It revokes nothing that the list could hold. */
  | { readonly ignored: CloudTrailIgnored; readonly eventName: string | undefined }
  /** It should have revoked something and cannot be read. Report it: tokens live on that should not. */
  | { readonly refused: CloudTrailRefused; readonly eventName: string | undefined }

/** Why an event adds nothing. */
export type CloudTrailIgnored =
  /** It is no API call to a user pool, or one that has nothing to do with tokens. */
  | 'other-event'
  /** The call failed: it has an `errorCode`. */
  | 'call-failed'
  /** It is about a pool that is not configured. */
  | 'user-pool-not-configured'
  /** It ended one login of a user and does not say which. */
  | 'login-unknown'
  /** It changes a user or a client in a way that revokes no token. */
  | 'revokes-nothing'

/** Why an event cannot be read. */
export type CloudTrailRefused =
  /** It is not an event of EventBridge with a CloudTrail record in `detail`. */
  | 'event-malformed'
  /** `eventTime` is no time of the form `2026-11-20T08:00:00Z`. */
  | 'time-malformed'
  /** There is no user pool id, or there are two different ones. */
  | 'user-pool-unknown'
  /** There is no `sub` of a user. */
  | 'user-unknown'

/** Amazon Cognito, "Ending user sessions with token revocation", and the API reference of each. */
const ENDS_USER = new Set([
  'GlobalSignOut',
  'AdminUserGlobalSignOut',
  'AdminDisableUser',
  'AdminDeleteUser',
  'DeleteUser',
])
const ENDS_ONE_LOGIN = new Set(['RevokeToken', 'RevokeUserSession', 'AdminRevokeUserSession'])
const REVOKES_NOTHING = new Set([
  'AdminResetUserPassword',
  'AdminSetUserPassword',
  'ChangePassword',
  'ConfirmForgotPassword',
  'AdminUpdateUserAttributes',
  'AdminAddUserToGroup',
  'AdminRemoveUserFromGroup',
  'DeleteUserPoolClient',
  'UpdateUserPoolClient',
])

const OWNER = 'cloudTrailRevocations'
const EVENT_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/
const REDACTED = 'HIDDEN_DUE_TO_SECURITY_REASONS'

/**
 * Reads what EventBridge delivers of CloudTrail about user pools: sign-outs that this API did not make itself. A net, not
 * a proof: delivery is at best effort and takes seconds to minutes, so that a feed of it cannot be declared complete.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function cloudTrailRevocations(options: CloudTrailRevocationsOptions): (event: unknown) => CloudTrailReading {
  checkOptionNames(OWNER, options, ['userPools', 'endAllLoginsOfUser', 'acceptWithoutUserPoolId', 'onEvent'])
  const issuersOfPool = checkUserPools(options.userPools)
  const endAllLoginsOfUser = booleanOption(`${OWNER}.endAllLoginsOfUser`, options.endAllLoginsOfUser)
  const acceptWithoutUserPoolId = booleanOption(`${OWNER}.acceptWithoutUserPoolId`, options.acceptWithoutUserPoolId)
  if (options.onEvent !== undefined && typeof options.onEvent !== 'function') {
    throw new ConfigurationError(`${OWNER}.onEvent`, 'must be a function')
  }
  const emit = emitTo(options.onEvent)

  function read(event: unknown): CloudTrailReading {
    const record = recordOf(event)
    if (record === undefined) return { refused: 'event-malformed', eventName: undefined }
    const name = text(record, 'eventName')
    const eventName = name !== undefined && isKnown(name) ? name : undefined
    const ignored = (reason: CloudTrailIgnored): CloudTrailReading => ({ ignored: reason, eventName })
    const refused = (reason: CloudTrailRefused): CloudTrailReading => ({ refused: reason, eventName })
    if (text(record, 'eventSource') !== 'cognito-idp.amazonaws.com' || eventName === undefined) {
      return ignored('other-event')
    }
    // Present and empty where nothing failed (Amazon Cognito, "Example Amazon Cognito events").
    if (![undefined, null, ''].includes(member(record, 'errorCode') as string | null | undefined)) {
      return ignored('call-failed')
    }
    if (REVOKES_NOTHING.has(eventName)) return ignored('revokes-nothing')

    const userPoolIds = userPoolIdsOf(record)
    if (userPoolIds.length > 1 || (userPoolIds.length === 0 && !acceptWithoutUserPoolId)) {
      return refused('user-pool-unknown')
    }
    const [userPoolId] = userPoolIds
    const issuers = userPoolId === undefined ? [...issuersOfPool.values()].flat() : issuersOfPool.get(userPoolId)
    if (issuers === undefined) return ignored('user-pool-not-configured')
    if (ENDS_ONE_LOGIN.has(eventName) && !endAllLoginsOfUser) return ignored('login-unknown')

    const at = instantOf(text(record, 'eventTime'))
    if (at === undefined) return refused('time-malformed')
    const sub = text(additionalEventDataOf(record), 'sub')
    if (sub === undefined || sub === REDACTED) return refused('user-unknown')
    // Of the other logins that the application ends with one of them, the server has confirmed nothing.
    const confirmed = ENDS_USER.has(eventName) ? { confirmedAt: at } : {}
    try {
      return {
        entries: issuers.map((issuer) =>
          checkRevocationEntry({ kind: 'user', issuer, sub, notBefore: at, ...confirmed }),
        ),
      }
    } catch (error) {
      if (error instanceof RevocationError) return refused(error.member === 'sub' ? 'user-unknown' : 'time-malformed')
      throw error
    }
  }

  function issuersNamedIn(event: unknown): readonly string[] {
    const [userPoolId, another] = userPoolIdsOf(recordOf(event) ?? {})
    return (userPoolId !== undefined && another === undefined && issuersOfPool.get(userPoolId)) || []
  }

  return (event) => {
    const reading = read(event)
    const reason = 'entries' in reading ? undefined : reasonToTell(reading)
    if (reason !== undefined && !('entries' in reading)) {
      const [issuer] = issuersNamedIn(event)
      const { eventName } = reading
      emit({ type: 'cloud-trail-event-not-applied', at: systemClock.now(), issuer, eventName, reason })
    }
    return reading
  }
}

/** Calls that failed, other pools and other services are no news. */
function reasonToTell(reading: Exclude<CloudTrailReading, { entries: unknown }>): CloudTrailReason | undefined {
  if ('refused' in reading) return reading.refused
  const { ignored } = reading
  return ignored === 'login-unknown' || ignored === 'revokes-nothing' ? ignored : undefined
}

/** The identifiers of each pool by its id: an event names the pool, a token any of the identifiers. */
function checkUserPools(userPools: unknown): ReadonlyMap<string, readonly string[]> {
  const problem = 'must be a list of one or more user pools, made by cognitoUserPool()'
  if (!Array.isArray(userPools) || userPools.length === 0) throw new ConfigurationError(`${OWNER}.userPools`, problem)
  return new Map(
    [...(userPools as readonly unknown[])].map((userPool) => {
      const issuers = (userPool as Partial<TrustedIssuer> | null | undefined)?.issuers ?? []
      const [userPoolId] = new Set(issuers.map((issuer) => issuer.slice(issuer.lastIndexOf('/') + 1)))
      if (userPoolId === undefined || regionOfUserPool(userPoolId) === undefined) {
        throw new ConfigurationError(`${OWNER}.userPools`, problem)
      }
      return [userPoolId, issuers]
    }),
  )
}

function isKnown(eventName: string): boolean {
  return [ENDS_USER, ENDS_ONE_LOGIN, REVOKES_NOTHING].some((names) => names.has(eventName))
}

function recordOf(event: unknown): JsonObject | undefined {
  if (!isJsonObject(event)) return undefined
  const detail = member(event, 'detail')
  return isJsonObject(detail) ? detail : undefined
}

function userPoolIdsOf(record: JsonObject): readonly string[] {
  const places = [member(record, 'requestParameters') ?? null, additionalEventDataOf(record)]
  const ids = places.flatMap((place) => text(place, 'userPoolId') ?? [])
  return [...new Set(ids)]
}

function additionalEventDataOf(record: JsonObject): JsonValue {
  return member(record, 'additionalEventData') ?? null
}

function text(object: JsonValue, name: string): string | undefined {
  const value = isJsonObject(object) ? member(object, name) : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

function instantOf(eventTime: string | undefined): number | undefined {
  if (eventTime === undefined || !EVENT_TIME.test(eventTime)) return undefined
  const at = Date.parse(eventTime)
  return Number.isNaN(at) ? undefined : at
}
