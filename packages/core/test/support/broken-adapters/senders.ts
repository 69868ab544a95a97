import { type AnyRequest, dpop } from '../../../src/index.js'
import { decideByCore } from '../conformance-app.js'
import {
  answering,
  around,
  type BrokenAdapter,
  claimsOf,
  configuring,
  deciding,
  grantTo,
  headerOf,
  misreading,
  seeing,
  withHeaders,
  within,
  without,
} from './broken-adapter.js'

interface Changes {
  readonly method?: string
  readonly url?: string
  /** `null` takes a header away. */
  readonly headers?: Readonly<Record<string, string | null>>
}

/** The same request, but for what is said. */
function changed(request: AnyRequest, { headers = {}, ...others }: Changes): AnyRequest {
  const web = request as Request
  const all = new Headers(web.headers)
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) all.delete(name)
    else all.set(name, value)
  }
  return { method: web.method, url: web.url, ...others, headers: Object.fromEntries(all) }
}

/** Mistakes about what a sender shows beside the token. */
export const brokenSenders: Readonly<Record<string, BrokenAdapter>> = {
  'hands no proof on': seeing(
    (request) => changed(request, { headers: { dpop: null } }),
    'sender-key',
    'sender-key-in-the-query',
    'sender-proof-of-a-post',
    'sender-proof-twice',
    'sender-nonce',
    'sender-certificate-and-key',
  ),
  'takes any proof': deciding(
    (api) => {
      const decide = decideByCore(api)
      return async (request, route) => {
        const [scheme, token = ''] = headerOf(request).split(' ')
        return scheme === 'DPoP' && headerOf(request, 'dpop') !== '' ? grantTo(claimsOf(token)) : decide(request, route)
      }
    },
    'sender-key-without-proof',
    'sender-key-of-a-thief',
    'sender-forged-proofs',
    'sender-proof-of-another-request',
    'sender-proof-twice',
    'sender-nonce',
    'sender-unbound',
    'sender-certificate-and-key',
  ),
  'takes the first of two proofs': seeing(
    (request) => changed(request, { headers: { dpop: headerOf(request, 'dpop').split(',')[0] as string } }),
    'sender-key-without-proof',
  ),
  'reads DPoP where a proof is, whatever the scheme': seeing((request) => {
    const authorization = headerOf(request).replace(/^Bearer/, 'DPoP')
    return headerOf(request, 'dpop') === '' ? request : changed(request, { headers: { authorization } })
  }, 'sender-key-as-bearer'),
  'makes one path of path and query': seeing(
    (request) => changed(request, { url: (request as Request).url.replace('?', '/') }),
    'sender-key-in-the-query',
  ),
  'shows every request as a GET': seeing((request) => changed(request, { method: 'GET' }), 'sender-proof-of-a-post'),
  'remembers no proof': configuring((options, { senderConstraints }) => {
    if (senderConstraints === undefined) return options
    return { senderConstraints: [dpop({ ...senderConstraints.dpop, replayMemory: { remember: () => 'new' } })] }
  }, 'sender-proof-twice'),
  'gives out no nonces': answering(
    401,
    (response) => withHeaders(response, { 'dpop-nonce': null }),
    'sender-nonce',
    'sender-key',
  ),
  'tells nothing with a grant': answering(
    200,
    (response) => withHeaders(response, { 'dpop-nonce': null }),
    'sender-nonce-renewed',
  ),
  'keeps nonces from browsers': answering(
    401,
    (response) => withHeaders(response, { 'access-control-expose-headers': 'WWW-Authenticate, Retry-After' }),
    'sender-nonce',
  ),
  'keeps its metadata to itself': around(
    (respond) => async (request) =>
      request.url.includes('/.well-known/') ? new Response(null, { status: 401 }) : respond(request),
    'sender-metadata',
  ),
  'knows one scheme in challenges': answering(
    401,
    (response) => {
      const challenge = response.headers.get('www-authenticate') ?? ''
      return withHeaders(response, { 'www-authenticate': challenge.replace(/^DPoP |, DPoP .*$/, '') })
    },
    'sender-challenges',
  ),
  'forgets that tokens have to be bound': misreading(
    (policy) => without(policy, 'senderConstrained'),
    'sender-unbound',
  ),
  'hands no certificate on': seeing(
    (request) => changed(request, { headers: { 'client-cert': null } }),
    'sender-certificate',
    'sender-certificate-and-key',
  ),
  'takes everybody for its proxy': within(({ senderConstraints }) => {
    const { name = '', value = '' } = senderConstraints?.clientCertHeader.trustedProxy.secretHeader ?? {}
    return {
      decideWith: (api) => {
        const decide = decideByCore(api)
        return (request, route) => decide(changed(request, { headers: { [name]: value } }), route)
      },
    }
  }, 'sender-certificate-of-no-proxy'),
}
