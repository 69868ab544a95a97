import { decideByCore } from '../conformance-app.js'
import {
  around,
  authorizedBy,
  type BrokenAdapter,
  configuring,
  deciding,
  grantTo,
  headerOf,
  seeing,
  withBody,
  withHeaders,
} from './broken-adapter.js'

const JWT_WITHIN = /eyJ[\w-]+\.[\w-]+\.[\w-]+/

/** Mistakes in reading the token from a request. */
export const brokenCredentials: Readonly<Record<string, BrokenAdapter>> = {
  'asks for no token': deciding(
    () => async () => grantTo({}),
    'no-credentials',
    'any-valid-token',
    'head-without-token',
    'post-guarded',
    'optional-without-credentials',
    'public-route',
    'token-in-body',
    'not-a-jwt',
    'challenge-of-each-refusal',
    'path-with-suffix',
  ),
  'takes the first of two headers': seeing(
    (request) => authorizedBy(request, headerOf(request).split(',')[0] as string),
    'two-authorization-headers',
    'two-tokens-by-comma',
    'comma-after-token',
    'optional-malformed',
  ),
  'finds a token wherever it is in the header': seeing(
    (request) => {
      const token = JWT_WITHIN.exec(headerOf(request))?.[0]
      return token === undefined ? request : authorizedBy(request, `Bearer ${token}`)
    },
    'bearer-behind-other-scheme',
    'two-tokens-by-space',
    'tab-after-scheme',
    'quoted-token',
    'percent-encoded-token',
    'token-without-scheme',
    'scheme-glued-to-token',
  ),
  'cleans headers up': seeing(
    (request) => authorizedBy(request, headerOf(request).replaceAll(/[^\x20-\x7e]/g, '')),
    'tab-in-token',
    'non-ascii-token',
    'control-character-in-token',
  ),
  'knows one spelling of the scheme': seeing(
    (request) => authorizedBy(request, /^Bearer \S/.test(headerOf(request)) ? headerOf(request) : 'Basic'),
    'scheme-in-any-case',
    'several-spaces-after-scheme',
    'scheme-alone',
  ),
  'takes any header for a bearer token': seeing(
    (request) => (headerOf(request) === '' ? authorizedBy(request, 'Bearer') : request),
    'empty-authorization',
    'nobody-left-behind',
  ),
  'takes every scheme for its own': seeing(
    (request) => authorizedBy(request, headerOf(request).replace(/^Basic/, 'Bearer')),
    'other-scheme',
  ),
  'spells tokens anew': seeing(
    (request) => {
      const [head = '', claims = '', signature = ''] = headerOf(request).split('.')
      const spelled = Buffer.from(signature, 'base64').toString('base64url')
      return signature === '' ? request : authorizedBy(request, [head, claims, spelled].join('.'))
    },
    'padded-token',
    'non-canonical-signature',
    'base64-with-plus-and-slash',
  ),
  'limits tokens to 4 kB': around(
    (respond) => async (request) => {
      const response = await respond(request)
      return headerOf(request).length > 4_096 ? withBody(response, {}, 431) : response
    },
    'large-token',
  ),
  'hardly limits tokens': configuring(() => ({ maxTokenBytes: 65_536 }), 'oversize-token'),
  'takes tokens from everywhere': seeing(
    async (request) => {
      const web = request as Request
      const places = [web.url, await web.clone().text(), ...web.headers.values()].join('\n')
      const token = JWT_WITHIN.exec(places)?.[0]
      return token === undefined || web.headers.has('authorization')
        ? request
        : authorizedBy(request, `Bearer ${token}`)
    },
    'token-in-query',
    'token-in-body',
    'token-in-cookie',
    'token-in-other-headers',
  ),
  'sees no query': seeing(
    (request) => (headerOf(request) === '' ? request : authorizedBy(request, headerOf(request))),
    'token-in-query-and-header',
  ),
  'believes a proxy that is not there': deciding((api) => {
    const decide = decideByCore(api)
    return async (request, route) => {
      const user = headerOf(request, 'x-forwarded-user')
      return user === '' ? decide(request, route) : grantTo({ sub: user })
    }
  }, 'identity-headers'),
  'lets requests through that say they were checked': deciding((api) => {
    const decide = decideByCore(api)
    return async (request, route) =>
      headerOf(request, 'x-middleware-subrequest') === '' ? decide(request, route) : grantTo({})
  }, 'bypass-headers'),
  'asks for a token in the way of Basic': around(
    (respond) => async (request) => {
      const response = await respond(request)
      return response.status === 401
        ? withHeaders(response, { 'www-authenticate': 'Basic realm="conformance"' })
        : response
    },
    'challenge-of-each-refusal',
  ),
}
