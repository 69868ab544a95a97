import { answering, around, type BrokenAdapter, headerOf, withBody, withHeaders } from './broken-adapter.js'

const CHALLENGE = 'www-authenticate'

function challenging(response: Response, change: (challenge: string) => string): Response {
  return withHeaders(response, { [CHALLENGE]: change(response.headers.get(CHALLENGE) ?? '') })
}

/** Mistakes in what clients are told. */
export const brokenAnswers: Readonly<Record<string, BrokenAdapter>> = {
  'drops the challenge': answering(
    401,
    (response) => withHeaders(response, { [CHALLENGE]: null }),
    'no-credentials',
    'challenge-of-each-refusal',
    'cors-refusal',
  ),
  'has a code without credentials': answering(
    401,
    (response) => challenging(response, (text) => (text.includes('error=') ? text : `${text}, error="invalid_token"`)),
    'no-credentials',
    'challenge-of-each-refusal',
  ),
  'calls every malformed request a bad token': answering(
    400,
    (response) => withBody(response, {}, 401),
    'scheme-alone',
    'two-authorization-headers',
    'optional-malformed',
  ),
  'takes whoever may not for a stranger': answering(
    403,
    (response, body) => withBody(response, body, 401),
    'scope-missing',
    'group-missing',
    'route-of-other-issuer',
    'unobtainable-evidence',
    'head-missing-scope',
  ),
  'names scopes where none is missing': answering(
    403,
    (response) => challenging(response, (text) => (text.includes('scope="') ? text : `${text}, scope="orders/read"`)),
    'challenge-scope-only-when-missing',
    'unobtainable-evidence',
  ),
  'names the first scope alone': answering(
    403,
    (response) => challenging(response, (text) => text.replace(/scope="([^ "]+)[^"]*"$/, 'scope="$1"')),
    'all-missing-scopes-told',
    'any-scope-missing',
  ),
  'writes pages for people': around(
    (respond) => async (request) => {
      const response = await respond(request)
      if (response.ok) return response
      return withHeaders(new Response('<p>No</p>', response), { 'content-type': 'text/html' })
    },
    'body-of-each-refusal',
    'body-of-unavailability',
  ),
  'tells the reason': answering(
    401,
    (response, body) => withBody(response, { ...body, reason: 'signature-invalid' }),
    'body-of-each-refusal',
    'refusals-give-no-reason',
  ),
  'repeats the token': around(
    (respond) => async (request) => {
      const response = await respond(request)
      return response.ok ? response : withHeaders(response, { 'x-debug': headerOf(request) })
    },
    'refusals-repeat-no-token',
  ),
  'lets refusals be stored': answering(
    403,
    (response) => withHeaders(response, { 'cache-control': 'private, max-age=60' }),
    'refusals-are-not-stored',
  ),
  'says the same of expired tokens': answering(
    401,
    (response) => challenging(response, (text) => text.replace('expired', 'is invalid')),
    'expired-token-is-told',
  ),
  'takes an outage for a bad token': answering(
    503,
    (response, body) =>
      withBody(withHeaders(response, { [CHALLENGE]: 'Bearer realm="conformance", error="invalid_token"' }), body, 401),
    'keys-fail',
    'keys-drop',
    'keys-garbled',
    'keys-forbidden',
    'keys-are-back',
    'introspection-fails',
    'introspection-drops',
    'introspection-throttles',
    'introspection-garbled',
    'introspection-rejects-the-api',
    'introspection-is-back',
    'liveness-fails',
    'outage-does-not-relax',
    'optional-outage',
    'cors-unavailability',
  ),
  'challenges in an outage': answering(
    503,
    (response) => withHeaders(response, { [CHALLENGE]: 'Bearer realm="conformance"' }),
    'unavailable-names-no-client',
  ),
  'does not say when to try again': answering(
    503,
    (response) => withHeaders(response, { 'retry-after': null }),
    'unavailable-says-when',
  ),
  'lets an outage be stored': answering(
    503,
    (response) => withHeaders(response, { 'cache-control': null }),
    'unavailable-is-not-stored',
  ),
  'names the outage': answering(
    503,
    (response, body) => withBody(response, { ...body, error: 'jwks-unreachable' }),
    'body-of-unavailability',
  ),
}
