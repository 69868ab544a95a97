import { fetchFrom } from '../delivery/fetch.js'
import { listen, type ListeningPool } from '../delivery/listen.js'
import { serve, type ServedPool } from '../delivery/serve.js'
import { createFakeClock, type FakeClock } from '../fake-clock.js'
import { type JsonRecord, signJws } from '../jws/compact-jws.js'
import { refuseUnknown } from '../known-names.js'
import { createSigningKey, publish, type PublishedKey, type SigningKey } from '../jws/signing-key.js'
import { createEndpoints, type EndpointControl } from './endpoints.js'
import { type ForgedTokens, forgedTokens } from './forged-tokens.js'
import {
  type FakeCognitoOptions,
  poolSettings,
  REGION,
  type ResourceServers,
  type ScopeOf,
  type StandardScope,
} from './pool-settings.js'
import {
  accessTokenClaims,
  type AccessTokenRequest,
  idTokenClaims,
  type IdTokenRequest,
  m2mTokenClaims,
  type M2mTokenRequest,
} from './token-claims.js'

/** A user pool that exists in this process alone, with keys of its own. */
export interface FakeCognito<Scope extends string = string> {
  /** Its id, in the form Cognito gives one: `xx-fake-1_` and nine random characters. */
  readonly userPoolId: string
  /** `'xx-fake-1'`: the form of a Region, with no AWS host that belongs to it. */
  readonly region: string
  /** What `iss` says in its tokens: a URL on the ORIGINAL or the UPDATED host. */
  readonly issuer: string
  /** The first app client. */
  readonly clientId: string
  /** Time as the pool sees it. Give it to the code under test, and move both at once. */
  readonly clock: FakeClock
  /** The key set endpoint: count its requests, make it fail. */
  readonly jwks: EndpointControl
  /** Access tokens that must be refused. */
  readonly forged: ForgedTokens<Scope>
  /** A `fetch` that reaches this pool and nothing else, to inject. */
  readonly fetch: typeof globalThis.fetch
  /** The access token of a user, as Cognito would issue it, signed with RS256. */
  accessToken(request?: AccessTokenRequest<Scope>): Promise<string>
  /** The access token of a machine, as the client credentials grant would issue it: no user, no groups. */
  m2mToken(request?: M2mTokenRequest<Exclude<Scope, StandardScope>>): Promise<string>
  /** An ID token as Cognito would issue it, signed with a key of its own. */
  idToken(request?: IdTokenRequest): Promise<string>
  /** The public keys as published now. */
  publicKeys(): { readonly keys: readonly PublishedKey[] }
  /** Signs with new keys from now on. The old ones stay published unless `keepOld` is `false`; default `true`. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>
  /** Answers on the pool's own https addresses, inside this process, through msw. Throws where msw is not installed. */
  listen(): Promise<ListeningPool>
  /** Answers on a free port of 127.0.0.1. */
  serve(): Promise<ServedPool>
  /** Ends every `listen` and `serve`; the pool makes no tokens afterwards. */
  close(): Promise<void>
}

/** Makes a fake user pool with its own random id and fresh RSA keys. */
export async function fakeCognito<const Servers extends ResourceServers = Record<never, never>>(
  options: FakeCognitoOptions<Servers> = {},
): Promise<FakeCognito<StandardScope | ScopeOf<Servers>>> {
  const pool = poolSettings(options)
  const clock = createFakeClock()
  let keys = await createKeyPair()
  let retired: readonly SigningKey[] = []
  const opened: { close(): Promise<void> }[] = []
  let closed = false

  const publishedKeys = () => [keys.id, keys.access, ...retired].map(publish)
  const endpoints = createEndpoints(pool, publishedKeys)

  function assertOpen(): void {
    if (closed) throw new Error('fakeCognito: the pool was closed; make a new one')
  }

  function mint(key: SigningKey, claims: JsonRecord): string {
    assertOpen()
    return signJws({ kid: key.kid, alg: 'RS256' }, claims, key)
  }

  function remember<Opened extends { close(): Promise<void> }>(door: Opened): Opened {
    opened.push(door)
    return door
  }

  return {
    userPoolId: pool.userPoolId,
    region: REGION,
    issuer: pool.issuers[pool.issuerType],
    clientId: pool.clients[0],
    clock,
    jwks: endpoints.jwks,
    forged: forgedTokens({ pool, now: clock.now, accessKey: () => keys.access, idKey: () => keys.id }),
    fetch: fetchFrom(endpoints, assertOpen),
    async accessToken(request = {}) {
      return mint(keys.access, accessTokenClaims(pool, request, clock.now()))
    },
    async m2mToken(request = {}) {
      return mint(keys.access, m2mTokenClaims(pool, request, clock.now()))
    },
    async idToken(request = {}) {
      return mint(keys.id, idTokenClaims(pool, request, clock.now()))
    },
    publicKeys: () => ({ keys: publishedKeys() }),
    async rotateKeys(how = {}) {
      assertOpen()
      refuseUnknown('rotateKeys', how, ['keepOld'])
      retired = how.keepOld !== false ? [keys.id, keys.access, ...retired] : []
      keys = await createKeyPair()
    },
    async listen() {
      assertOpen()
      return remember(await listen(pool, endpoints))
    },
    async serve() {
      assertOpen()
      return remember(await serve(endpoints))
    },
    async close() {
      closed = true
      await Promise.all(opened.splice(0).map((door) => door.close()))
    },
  }
}

async function createKeyPair(): Promise<{ readonly access: SigningKey; readonly id: SigningKey }> {
  const [access, id] = await Promise.all([createSigningKey(), createSigningKey()])
  return { access, id }
}
