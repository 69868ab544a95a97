import {
  authorizationServer,
  createResourceServer,
  definePolicy,
  type Granted,
  type IntrospectionOptions,
  type Principal,
  type ResourceServer,
  type TrustedIssuer,
} from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'

declare const api: ResourceServer
declare const principal: Principal
declare const introspection: IntrospectionOptions
declare const issuer: TrustedIssuer

// A check that is left out is an error, not a default.
// @ts-expect-error clientId is missing
cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123' })
// @ts-expect-error clientId is undefined
cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: undefined })
// @ts-expect-error audience is missing
authorizationServer({ issuer: 'https://auth.example.com' })
// @ts-expect-error HMAC is no algorithm of a resource server
authorizationServer({ issuer: 'https://auth.example.com', audience: 'a', algorithms: ['HS256'] })
// @ts-expect-error opaque tokens need introspection
authorizationServer({ issuer: 'https://auth.example.com', audience: 'a', opaqueTokens: true })
// @ts-expect-error introspection is undefined
authorizationServer({ issuer: 'https://auth.example.com', audience: 'a', opaqueTokens: true, introspection: undefined })
// @ts-expect-error nobody is asked who does not say who is asking
authorizationServer({ issuer: 'https://auth.example.com', audience: 'a', opaqueTokens: true, introspection: {} })
// @ts-expect-error an age of what does not exist
authorizationServer({ issuer: 'https://auth.example.com', audience: 'a', introspection, maxAgeWithoutExp: '60s' })
// @ts-expect-error a copy proves nothing
authorizationServer({ issuer: 'https://auth.example.com', audience: 'a', introspection: { clientAuthentication: {} } })
// @ts-expect-error an issuer that nobody made
createResourceServer({ issuers: [{ issuers: ['https://auth.example.com'] }] })

// @ts-expect-error nobody is told
void api.signOut(principal, {})
// @ts-expect-error two ways to tell
void api.signOut(principal, { refreshToken: 'r', accessToken: 'a' })
// @ts-expect-error what the function ends is not said
void api.signOut(principal, { tell: async () => {} })
// @ts-expect-error logouts of any client
authorizationServer({ issuer: 'https://auth.example.com', audience: 'a', backChannelLogout: { clientId: null } })

// @ts-expect-error scopes is misspelt
definePolicy({ scope: ['a'] })
// @ts-expect-error undefined is not "no scopes"
definePolicy({ scopes: undefined })
// @ts-expect-error a bound has a unit
definePolicy({ maxRevocationLag: '30' })
// @ts-expect-error an outage bound is a duration
definePolicy({ maxRevocationLag: '0s', maxRevocationLagDuringOutage: 'token-lifetime' })
// @ts-expect-error a duration has a unit
cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: null, timeout: '5' })
// @ts-expect-error fractions have no text form
cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: null, timeout: '1.5s' })

// @ts-expect-error classes are a list
definePolicy({ acrValues: 'phr' })
// @ts-expect-error undefined is not "at any time"
definePolicy({ maxAge: undefined })
// @ts-expect-error a resource has an id
definePolicy({ action: 'refund', resource: { type: 'Order' } })
// @ts-expect-error nor may a function leave it out
definePolicy({ action: 'refund', resource: () => ({ type: 'Order' }) })
// @ts-expect-error nobody has checked a tenant
definePolicy({ action: (input) => input.principal.claims['tenant'] satisfies string })
// @ts-expect-error there is no other yes
createResourceServer({ issuers: [issuer], decisionPoint: { decide: () => ({ decision: 'allow' }) } })
// @ts-expect-error an error has a reason
createResourceServer({ issuers: [issuer], decisionPoint: { decide: () => ({ decision: 'error' }) } })
// @ts-expect-error a precheck grants nothing
void api.precheck({ method: 'GET', url: '/', headers: {} }).then(({ principal: nobody }) => nobody)

// Claims have the type of a schema that checks them, or the default: nobody can merely name one.
// @ts-expect-error no schema
void api.verify<{ admin: true }>('token')
// @ts-expect-error a grant comes from a server
const grant: Granted = { outcome: 'granted', principal }
void grant
// @ts-expect-error a principal cannot be changed
principal.scopes.push('admin')
