import { authorizationServer } from '../../../src/index.js'
import { decideByCore, serverOptionsOf } from '../conformance-app.js'
import {
  answering,
  type BrokenAdapter,
  changingAnswers,
  claimsOf,
  configuring,
  deciding,
  grantTo,
  headerOf,
  misreading,
  withHeaders,
  without,
} from './broken-adapter.js'

/** Mistakes about what a token must have, and who must have issued it. */
export const brokenPolicies: Readonly<Record<string, BrokenAdapter>> = {
  'verifies nothing': deciding(
    (api) => {
      const decide = decideByCore(api)
      return async (request, route) => {
        const outcome = await decide(request, route)
        const { sub, ...claims } = claimsOf(headerOf(request).replace(/^Bearer /, ''))
        return sub === undefined ? outcome : grantTo({ ...claims, sub })
      }
    },
    'forged-wrong-key',
    'forged-unknown-kid',
    'forged-tampered',
    'forged-alg-none',
    'forged-hs256-with-public-key',
    'forged-expired',
    'forged-not-yet-valid',
    'forged-issued-in-the-future',
    'forged-without-expiry',
    'forged-id-token',
    'forged-other-pool',
    'forged-other-client',
    'forged-critical',
    'forged-sender-constrained',
    'bound-in-any-shape',
    'certificate-by-header',
    'issuer-unknown',
    'keys-stay-with-their-issuer',
    'rotation-withdrawn-key',
    'optional-with-bad-token',
    'good-and-bad-at-once',
  ),
  'forgets scopes': misreading(
    (policy) => without(policy, 'scopes', 'anyScope'),
    'scope-missing',
    'scope-to-the-letter',
    'all-scopes-needed',
    'any-scope-missing',
    'opaque-token-scopes',
    'grant-of-one-route',
  ),
  'takes one scope for all': misreading(
    ({ scopes, ...others }) => (scopes === undefined ? others : { ...others, anyScope: scopes }),
    'all-scopes-needed',
  ),
  'wants all of a choice': misreading(
    ({ anyScope, ...others }) => (anyScope === undefined ? others : { ...others, scopes: anyScope }),
    'any-scope-suffices',
  ),
  'refuses where nothing is demanded': misreading(
    (policy) => (Object.keys(policy).length === 0 ? { scopes: ['admin'] } : policy),
    'any-valid-token',
    'principal-claims',
  ),
  'looks for the scope in the text': deciding((api) => {
    const decide = decideByCore(api)
    return async (request, route) => {
      const outcome = await decide(request, { ...route, compiled: api.policy({}) })
      if (outcome === 'anonymous' || outcome.outcome !== 'granted') return outcome
      const scope = String(outcome.principal.claims['scope']).toLowerCase()
      return route.policy.scopes?.every((wanted) => scope.includes(wanted)) === true ? outcome : decide(request, route)
    }
  }, 'scope-to-the-letter'),
  'forgets groups': misreading((policy) => without(policy, 'groups'), 'group-missing', 'scope-and-group'),
  'wants a group nobody has': misreading(
    (policy) => (policy.groups === undefined ? policy : { ...policy, groups: ['root'] }),
    'group-present',
  ),
  'wants a scope nobody has': misreading(
    (policy) => (policy.scopes === undefined ? policy : { ...policy, scopes: ['root'] }),
    'scope-present',
    'query-of-odd-encoding',
  ),
  'takes groups for scopes': misreading(
    ({ groups, anyScope, ...others }) => ({
      ...others,
      ...(groups !== undefined && { anyScope: groups }),
      ...(anyScope !== undefined && { groups: anyScope }),
    }),
    'groups-are-no-scopes',
  ),
  'never asks for another sign-in': misreading(
    (policy) => without(policy, 'acrValues', 'maxAge'),
    'step-up-acr',
    'step-up-max-age',
    'step-up-both',
  ),
  'asks for a sign-in nobody can do': misreading(
    ({ acrValues, maxAge, ...others }) =>
      acrValues === undefined && maxAge === undefined ? others : { ...others, acrValues: ['retina'] },
    'step-up-acr-met',
    'step-up-max-age-met',
  ),
  'asks everybody for another sign-in': answering(
    401,
    (response) => {
      const challenge = response.headers.get('www-authenticate') ?? ''
      return withHeaders(response, {
        'www-authenticate': challenge.replace('invalid_token', 'insufficient_user_authentication'),
      })
    },
    'step-up-of-a-stranger',
  ),
  'does not say which sign-in': answering(
    401,
    (response) => {
      const challenge = response.headers.get('www-authenticate') ?? ''
      return withHeaders(response, { 'www-authenticate': challenge.replaceAll(/, (acr_values|max_age)="[^"]*"/g, '') })
    },
    'step-up-acr',
    'step-up-max-age',
    'step-up-both',
  ),
  'takes tokens of either issuer everywhere': misreading(
    (policy) => without(policy, 'issuers'),
    'route-of-other-issuer',
  ),
  'asks no audience': configuring(
    ({ issuers: [users, partners] }, app) => {
      const [, server] = app.issuers
      if (server?.kind !== 'authorization-server' || users === undefined || partners === undefined) return {}
      return {
        issuers: [users, authorizationServer({ issuer: server.issuer, audience: null, allowInsecureLoopback: true })],
      }
    },
    'audience-of-another',
    'opaque-token',
    'principal-of-opaque-token',
    'callers-at-once-live',
  ),
  'forgets the partners': configuring(
    (_, app) => {
      const audience = 'https://nobody.example'
      const changed = app.issuers.map((issuer) => (issuer.kind === 'cognito' ? issuer : { ...issuer, audience }))
      return serverOptionsOf({ ...app, issuers: changed })
    },
    'tokens-of-both-issuers',
    'route-of-one-issuer',
    'rotation-of-each-issuer',
  ),
  'takes any answer for yes': configuring(
    () => ({
      fetch: changingAnswers((url, body) =>
        url.endsWith('/introspect')
          ? { sub: 'u1', aud: 'https://api.example', scope: 'orders/read', ...body, active: true }
          : body,
      ),
    }),
    'opaque-token-unknown',
    'active-is-true-alone',
    'live-route-sees-revoked-opaque-token',
  ),
  'reads only what it looks for in answers': configuring(
    () => ({
      fetch: changingAnswers((url, body) =>
        url.endsWith('/introspect') ? { ...body, cnf: undefined, sub: undefined } : body,
      ),
    }),
    'bound-opaque-token',
    'bound-by-the-answer',
    'answer-contradicts-token',
  ),
}
