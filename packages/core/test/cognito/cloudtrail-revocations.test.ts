import { describe, expect, it } from 'vitest'
import { cloudTrailRevocations, type CloudTrailRevocationsOptions } from '../../src/cognito/cloudtrail-revocations.js'
import { cognitoUserPool } from '../../src/cognito/user-pool.js'
import { ConfigurationError } from '../../src/outcomes/errors.js'
import { authorizationServer } from '../../src/issuers/authorization-server.js'

const POOL = 'eu-west-1_AbCdEf123'
const ISSUERS = [
  `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
  `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
]
const SUB = 'c2d4a8de-0051-70e0-f6ef-000000000000'
const AT = Date.UTC(2026, 10, 20, 8, 0, 0)
const userPools = [cognitoUserPool({ userPoolId: POOL, clientId: 'web' })]

/** As EventBridge delivers it, with what Cognito redacts. */
function event(eventName: string, changed: Readonly<Record<string, unknown>> = {}) {
  return {
    version: '0',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.cognito-idp',
    detail: {
      eventVersion: '1.08',
      eventTime: '2026-11-20T08:00:00Z',
      eventSource: 'cognito-idp.amazonaws.com',
      eventName,
      awsRegion: 'eu-west-1',
      requestParameters: { userPoolId: POOL, username: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      responseElements: null,
      additionalEventData: { sub: SUB },
      eventType: 'AwsApiCall',
      ...changed,
    },
  }
}

const read = (name: string, changed?: object, options: Partial<CloudTrailRevocationsOptions> = {}) =>
  cloudTrailRevocations({ userPools, ...options })(event(name, changed as Record<string, unknown>))

const endOfUser = (confirmed: boolean) =>
  ISSUERS.map((issuer) => ({
    kind: 'user',
    issuer,
    sub: SUB,
    notBefore: AT + 999,
    ...(confirmed && { confirmedAt: AT + 999 }),
  }))

describe('an event that ends a user', () => {
  it.each(['GlobalSignOut', 'AdminUserGlobalSignOut', 'AdminDisableUser', 'AdminDeleteUser', 'DeleteUser'])(
    '%s gives an entry for each identifier of the pool, up to the end of the second',
    (name) => {
      expect(read(name)).toStrictEqual({ entries: endOfUser(true) })
    },
  )

  it('is ignored when the call failed', () => {
    expect(read('AdminDisableUser', { errorCode: 'UserNotFoundException' })).toStrictEqual({
      ignored: 'call-failed',
      eventName: 'AdminDisableUser',
    })
    expect(read('AdminDisableUser', { errorCode: 7 })).toMatchObject({ ignored: 'call-failed' })
    expect(read('AdminDisableUser', { errorCode: '' })).toHaveProperty('entries')
  })

  it('names its pool in either of two places', () => {
    const additionalEventData = { sub: SUB, userPoolId: POOL }
    expect(read('GlobalSignOut', { requestParameters: null, additionalEventData })).toHaveProperty('entries')
    expect(read('GlobalSignOut', { additionalEventData })).toHaveProperty('entries')
  })

  it('is ignored when it is about a pool that is not configured', () => {
    const requestParameters = { userPoolId: 'eu-west-1_Other' }
    expect(read('GlobalSignOut', { requestParameters })).toMatchObject({ ignored: 'user-pool-not-configured' })
  })

  it('that names no pool is refused, or taken for every pool where the application says so', () => {
    const nameless = { requestParameters: null }
    expect(read('DeleteUser', nameless)).toStrictEqual({ refused: 'user-pool-unknown', eventName: 'DeleteUser' })
    expect(read('DeleteUser', nameless, { acceptWithoutUserPoolId: true })).toStrictEqual({ entries: endOfUser(true) })
  })

  it.each<[string, object, string]>([
    ['two pools', { additionalEventData: { sub: SUB, userPoolId: 'eu-west-1_Other' } }, 'user-pool-unknown'],
    ['no user', { additionalEventData: {} }, 'user-unknown'],
    ['no data at all', { additionalEventData: null }, 'user-unknown'],
    ['a user that is no text', { additionalEventData: { sub: 7 } }, 'user-unknown'],
    ['a redacted user', { additionalEventData: { sub: 'HIDDEN_DUE_TO_SECURITY_REASONS' } }, 'user-unknown'],
    ['an endless user', { additionalEventData: { sub: 's'.repeat(2_000) } }, 'user-unknown'],
    ['no time', { eventTime: undefined }, 'time-malformed'],
    ['a time that is a number', { eventTime: AT }, 'time-malformed'],
    ['a time of another zone', { eventTime: '2026-11-20T08:00:00+01:00' }, 'time-malformed'],
    ['a time that is none', { eventTime: '2026-13-40T08:00:00Z' }, 'time-malformed'],
    ['the epoch', { eventTime: '1970-01-01T00:00:00Z' }, 'time-malformed'],
  ])('is refused, not applied in half, with %s', (_, changed, reason) => {
    expect(read('AdminUserGlobalSignOut', changed)).toStrictEqual({
      refused: reason,
      eventName: 'AdminUserGlobalSignOut',
    })
  })
})

describe('an event that ends one login', () => {
  it.each(['RevokeToken', 'RevokeUserSession', 'AdminRevokeUserSession'])(
    '%s does not say which, and ends all of the user only where the application says so',
    (name) => {
      expect(read(name)).toStrictEqual({ ignored: 'login-unknown', eventName: name })
      // Cognito has revoked one login: the others can still be refreshed, so the entry waits for longer.
      expect(read(name, {}, { endAllLoginsOfUser: true })).toStrictEqual({ entries: endOfUser(false) })
    },
  )
})

describe('an event that ends nothing', () => {
  it.each([
    'AdminResetUserPassword',
    'AdminSetUserPassword',
    'ChangePassword',
    'ConfirmForgotPassword',
    'AdminUpdateUserAttributes',
    'AdminAddUserToGroup',
    'AdminRemoveUserFromGroup',
    'DeleteUserPoolClient',
    'UpdateUserPoolClient',
  ])('%s is ignored by name', (name) => {
    expect(read(name)).toStrictEqual({ ignored: 'revokes-nothing', eventName: name })
  })

  it.each<[string, string, object]>([
    ['another call', 'InitiateAuth', {}],
    ['a domain endpoint', 'Token_POST', { eventType: 'AwsServiceEvent' }],
    ['another service', 'GlobalSignOut', { eventSource: 'cognito-identity.amazonaws.com' }],
    ['no service', 'GlobalSignOut', { eventSource: undefined }],
    ['a name of every object', 'toString', {}],
  ])('is ignored: %s', (_, name, changed) => {
    expect(read(name, changed)).toMatchObject({ ignored: 'other-event' })
  })
})

describe('what is no event', () => {
  it.each([undefined, null, 'text', [], {}, { detail: null }, { detail: [] }, { detail: 'text' }])(
    'is refused: %j',
    (value) => {
      const reading = cloudTrailRevocations({ userPools })(value)
      expect(reading).toStrictEqual({ refused: 'event-malformed', eventName: undefined })
    },
  )
})

describe('the options of cloudTrailRevocations', () => {
  const generic = authorizationServer({ issuer: 'https://auth.example.com', audience: 'api' })
  it.each<[string, object]>([
    ['userPools', { userPools: undefined }],
    ['userPools', { userPools: [] }],
    ['userPools', { userPools: [POOL] }],
    ['userPools', { userPools: [null] }],
    ['userPools', { userPools: [generic] }],
    ['endAllLoginsOfUser', { endAllLoginsOfUser: 'yes' }],
    ['acceptWithoutUserPoolId', { acceptWithoutUserPoolId: 1 }],
    ['pools', { pools: [] }],
  ])('are refused at once: %s in %j', (option, changed) => {
    const make = () => cloudTrailRevocations({ userPools, ...changed } as CloudTrailRevocationsOptions)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(`cloudTrailRevocations.${option}`)
  })
})

describe('what gives no entry', () => {
  function told(name: string, changed: object = {}, options: Partial<CloudTrailRevocationsOptions> = {}) {
    const events: unknown[] = []
    read(name, changed, { ...options, onEvent: (one) => events.push(one) })
    return events
  }

  it.each([
    ['RevokeToken', {}, 'login-unknown'],
    ['AdminRevokeUserSession', {}, 'login-unknown'],
    ['ChangePassword', {}, 'revokes-nothing'],
    ['DeleteUserPoolClient', {}, 'revokes-nothing'],
    ['AdminDeleteUser', { additionalEventData: {} }, 'user-unknown'],
    ['AdminDeleteUser', { eventTime: 'yesterday' }, 'time-malformed'],
    ['AdminDeleteUser', { requestParameters: null }, 'user-pool-unknown'],
  ])('is told: %s with %j', (name, changed, reason) => {
    const issuer = reason === 'user-pool-unknown' ? undefined : ISSUERS[0]
    expect(told(name, changed)).toStrictEqual([
      { type: 'cloud-trail-event-not-applied', at: expect.any(Number), issuer, eventName: name, reason },
    ])
  })

  it('is told where it is no event at all', () => {
    const events: unknown[] = []
    cloudTrailRevocations({ userPools, onEvent: (one) => events.push(one) })('garbage')
    expect(events).toMatchObject([{ reason: 'event-malformed', eventName: undefined }])
  })

  it.each([
    ['GlobalSignOut', {}],
    ['SignUp', {}],
    ['AdminDisableUser', { errorCode: 'UserNotFoundException' }],
    ['AdminDisableUser', { requestParameters: { userPoolId: 'eu-west-1_Another12' } }],
  ])('is not told where nothing lives on that this list could end: %s with %j', (name, changed) => {
    expect(told(name, changed)).toStrictEqual([])
  })

  it('is told to a function', () => {
    expect(() => cloudTrailRevocations({ userPools, onEvent: 'x' as never })).toThrow(
      new ConfigurationError('cloudTrailRevocations.onEvent', 'must be a function'),
    )
  })
})
