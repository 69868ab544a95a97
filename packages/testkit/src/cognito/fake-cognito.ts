import { withInternals } from '../delivery/fake-internals.js'
import { fetchFrom } from '../delivery/fetch.js'
import { listen, type ListeningFake } from '../delivery/listen.js'
import { closeable } from '../delivery/closeable.js'
import { openDoors } from '../delivery/doors.js'
import { checkServeOptions, serve, type ServedFake, type ServeOptions } from '../delivery/serve.js'
import { endpointMaker } from '../endpoints/endpoint.js'
import type { EndpointControl } from '../endpoints/endpoint-control.js'
import type { FakeClock } from '../fake-clock.js'
import { readRotation, type RotateKeysOptions } from '../jws/key-rotation.js'
import type { PublishedKey } from '../jws/signing-key.js'
import type { AppClientSettings } from './app-clients.js'
import { type AuthorizeControl, createAutomaticSignIn } from './automatic-sign-in.js'
import { COGNITO } from './cognito-kind.js'
import { type ForgedTokens, forgedTokens } from './forged-tokens.js'
import { createPool } from './pool.js'
import { REGION } from './pool-address.js'
import { createPoolServer } from './pool-server.js'
import type { FakeCognitoOptions } from './pool-settings.js'
import { createPoolTokens, type PoolTokens } from './pool-tokens.js'
import type { ResourceServers, ScopeOf, StandardScope } from './scopes.js'
import { createSignOuts, type SignOuts } from './sign-outs.js'
import type { PoolUser, PoolUserSettings } from './users.js'

/** A user pool that exists in this process alone, with keys of its own. */
export interface FakeCognito<Scope extends string = string> extends PoolTokens<Scope>, SignOuts {
  /** Its id, in the form Cognito gives one: `xx-fake-1_` and nine random characters. */
  readonly userPoolId: string
  /** `'xx-fake-1'`: the form of a Region, with no AWS host that belongs to it. */
  readonly region: string
  /** What `iss` says in its tokens: a URL on the ORIGINAL or the UPDATED host. Changes with `switchIssuer()`. */
  readonly issuer: string
  /** Origin of the pool's domain, where the OAuth endpoints and the sign-in page stand. */
  readonly domain: string
  /** The id of the first app client. */
  readonly clientId: string
  /** Time as the pool sees it. Give it to the code under test, and move both at once. */
  readonly clock: FakeClock
  /** The key set. */
  readonly jwks: EndpointControl
  /** The discovery document. */
  readonly metadata: EndpointControl
  /** The operation `GetUser`: asks for a token with `aws.cognito.signin.user.admin`, and refuses one that has ended. */
  readonly getUser: EndpointControl
  /** The operation `RevokeToken`: ends the login of a refresh token. */
  readonly revokeToken: EndpointControl
  /** The operation `GlobalSignOut`: ends all logins of the user whose access token it gets. */
  readonly globalSignOut: EndpointControl
  /** The operation `AdminUserGlobalSignOut`: the same, by username or `sub`, for who signs the request, however. */
  readonly adminUserGlobalSignOut: EndpointControl
  /** The operation `InitiateAuth`: `USER_PASSWORD_AUTH`, and `REFRESH_TOKEN_AUTH` or `REFRESH_TOKEN`. */
  readonly initiateAuth: EndpointControl
  /** The operation `GetTokensFromRefreshToken`, which brings a new refresh token where the client rotates them. */
  readonly getTokensFromRefreshToken: EndpointControl
  /** `/oauth2/authorize` on the domain: brings an authorization code, by way of the sign-in page or without. */
  readonly authorize: AuthorizeControl
  /** `/login` on the domain: the sign-in page, and what it submits. */
  readonly login: EndpointControl
  /** `/logout` on the domain: ends the session of the browser, and no token. */
  readonly logout: EndpointControl
  /** `/oauth2/token` on the domain: authorization code, refresh token and client credentials. */
  readonly token: EndpointControl
  /** `/oauth2/userInfo` on the domain: asks for a token with `openid`, and refuses one that has ended. */
  readonly userInfo: EndpointControl
  /** `/oauth2/revoke` on the domain (RFC 7009): ends the login of a refresh token. */
  readonly revocation: EndpointControl
  /** Access tokens that must be refused. */
  readonly forged: ForgedTokens<Scope>
  /** A `fetch` that reaches this pool and nothing else, to inject. */
  readonly fetch: typeof globalThis.fetch
  /** The public keys as published now, a copy: what libraries take as a key set. */
  publicKeys(): Promise<{ keys: PublishedKey[] }>
  /** Signs with new keys from now on. Unless told otherwise they are published at once, and the old ones stay so. */
  rotateKeys(options?: RotateKeysOptions): Promise<void>
  /**
   * From the ORIGINAL issuer to the UPDATED one, as `UpdateUserPool` does: `issuer`, the addresses of `jwks` and `metadata`,
   * and `iss` of tokens made from now on are on the UPDATED host, which answered 403 before. Keys stay as they are. Tokens
   * made before are good until they end, and the ORIGINAL host goes on serving the keys. Throws where the pool has switched.
   */
  switchIssuer(): void
  /** Declares one more user. Throws for a username or `sub` that the pool has. */
  addUser(user: PoolUserSettings): PoolUser
  /** Declares one more app client, as in `clients`: for redirect URIs that are known late. Throws for an id that the pool has. */
  addClient(client: string | AppClientSettings<Scope>): void
  /** Answers on the pool's own https addresses, inside this process, through msw. Throws where msw is not installed. */
  listen(): Promise<ListeningFake>
  /** Answers on a free port of 127.0.0.1, in place of all hosts; over TLS where asked for. */
  serve(options?: ServeOptions): Promise<ServedFake>
  /** Ends every `listen` and `serve`; the pool makes no tokens afterwards. */
  close(): Promise<void>
  /** As `close()`, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void>
  /** The same for `using`, which does not wait: nobody is answered any more. */
  [Symbol.dispose](): void
}

/** Makes a fake user pool with its own random id and fresh RSA keys. */
export async function fakeCognito<const Servers extends ResourceServers = Record<never, never>>(
  options: FakeCognitoOptions<Servers> = {},
): Promise<FakeCognito<StandardScope | ScopeOf<Servers>>> {
  const { maker } = COGNITO
  const pool = await createPool(options)
  const doors = openDoors(COGNITO)
  const automatic = createAutomaticSignIn(pool.users, doors.assertOpen)
  const server = createPoolServer(pool, endpointMaker(maker, pool.clock, doors), automatic.user)
  const controls = Object.fromEntries(
    Object.entries(server.endpoints).map(([name, { control }]) => [name, control]),
  ) as Record<keyof typeof server.endpoints, EndpointControl>

  const fake: FakeCognito<StandardScope | ScopeOf<Servers>> = {
    userPoolId: pool.settings.userPoolId,
    region: REGION,
    get issuer() {
      return pool.issuer.current()
    },
    domain: pool.settings.domain,
    clientId: pool.clients.first().clientId,
    clock: pool.clock,
    ...controls,
    authorize: automatic.control(controls.authorize),
    ...createPoolTokens(pool, doors.assertOpen),
    ...createSignOuts(pool, doors.assertOpen),
    forged: forgedTokens(pool, doors.assertOpen),
    fetch: fetchFrom(server, doors.assertOpen),
    async publicKeys() {
      doors.assertOpen()
      return { keys: await pool.keys.published() }
    },
    async rotateKeys(how = {}) {
      doors.assertOpen()
      await pool.keys.rotate(readRotation(maker, how))
    },
    switchIssuer() {
      doors.assertOpen()
      pool.issuer.switch()
    },
    addUser(user) {
      doors.assertOpen()
      return pool.users.add(user)
    },
    addClient(client) {
      doors.assertOpen()
      pool.clients.add(client)
    },
    listen: () => doors.open(() => listen(server)),
    async serve(how = {}) {
      checkServeOptions(maker, how)
      return doors.open(() => serve(server, how))
    },
    ...closeable(doors.close),
  }
  return withInternals(fake, { server: server, closing: doors.closing })
}
