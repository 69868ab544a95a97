import { refuseUnknown } from '../known-names.js'
import { type PublishedKey } from '../jws/signing-key.js'
import { type PoolSettings, REGION, STANDARD_SCOPES } from './pool-settings.js'

/** An answer of the fake, whatever door the request came through. */
interface EndpointResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Watches and disturbs one endpoint. */
export interface EndpointControl {
  /** Requests answered so far, failures included. */
  readonly hits: number
  /**
   * Makes the next requests fail. `status`: 300 to 599, default 503. `times`: how many of them, default all until
   * `recover()`.
   */
  fail(how?: { readonly status?: number; readonly times?: number }): void
  /** Ends what `fail` began. */
  recover(): void
}

export interface Endpoints {
  readonly jwks: EndpointControl
  /** Answers a request, or `undefined` when the pool has nothing at that address. */
  answer(method: string, url: URL): EndpointResponse | undefined
}

const JSON_HEADERS = { 'content-type': 'application/json' }

export function createEndpoints(pool: PoolSettings, publishedKeys: () => readonly PublishedKey[]): Endpoints {
  const jwks = createControl()

  function answerAt(path: string): EndpointResponse | undefined {
    switch (path) {
      case `/${pool.userPoolId}/.well-known/jwks.json`:
        return jwks.answer(() => json(200, { keys: publishedKeys() }))
      case `/${pool.userPoolId}/.well-known/openid-configuration`:
        return json(200, discoveryDocument(pool))
      default:
        return undefined
    }
  }

  return {
    jwks: jwks.control,
    answer(method, url) {
      // AWS answers 403 on the UPDATED host for a pool that has not switched.
      const isUpdatedHost = url.hostname === new URL(pool.issuers.UPDATED).hostname
      if (isUpdatedHost && pool.issuerType !== 'UPDATED' && url.pathname.startsWith(`/${pool.userPoolId}/`)) {
        return json(403, { message: 'Forbidden' })
      }
      return method === 'GET' ? answerAt(url.pathname) : undefined
    },
  }
}

function createControl() {
  let hits = 0
  let failure = { status: 503, times: 0 }
  const control: EndpointControl = {
    get hits() {
      return hits
    },
    fail(how = {}) {
      refuseUnknown('fail', how, ['status', 'times'])
      const { status = 503, times = Number.POSITIVE_INFINITY } = how
      if (!Number.isInteger(status) || status < 300 || status > 599) {
        throw new TypeError('fakeCognito: fail takes a status from 300 to 599')
      }
      if (!(times >= 1)) throw new TypeError('fakeCognito: fail takes times of one or more')
      failure = { status, times }
    },
    recover() {
      failure = { status: 503, times: 0 }
    },
  }
  return {
    control,
    answer(normally: () => EndpointResponse): EndpointResponse {
      hits += 1
      if (failure.times <= 0) return normally()
      failure.times -= 1
      return json(failure.status, { message: 'The fake was told to fail' })
    },
  }
}

function json(status: number, body: unknown): EndpointResponse {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(body) }
}

function discoveryDocument(pool: PoolSettings) {
  const issuer = pool.issuers[pool.issuerType]
  const domain = `https://${pool.userPoolId.replace('_', '-').toLowerCase()}.auth.${REGION}.amazoncognito.com`
  return {
    authorization_endpoint: `${domain}/oauth2/authorize`,
    end_session_endpoint: `${domain}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    revocation_endpoint: `${domain}/oauth2/revoke`,
    scopes_supported: STANDARD_SCOPES.filter((scope) => !scope.startsWith('aws.')),
    subject_types_supported: ['public'],
    token_endpoint: `${domain}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${domain}/oauth2/userInfo`,
  }
}
