import { withInternals } from '../delivery/fake-internals.js'
import { fetchFrom } from '../delivery/fetch.js'
import { listen, type ListeningFake } from '../delivery/listen.js'
import { closeable } from '../delivery/closeable.js'
import { openDoors } from '../delivery/doors.js'
import { checkServeOptions, serve, type ServedFake, type ServeOptions } from '../delivery/serve.js'
import { endpointMaker } from '../endpoints/endpoint.js'
import type { EndpointControl } from '../endpoints/endpoint-control.js'
import { createFakeClock, type FakeClock } from '../fake-clock.js'
import { refuseUnknown } from '../known-names.js'
import type { PublishedKey } from '../jws/signing-key.js'
import { type ForgedTokens, forgedTokens } from './forged-tokens.js'
import { createLogins } from './logins.js'
import { createPoolKeys } from './pool-keys.js'
import { createPoolServer } from './pool-server.js'
import {
  COGNITO,
  type FakeCognitoOptions,
  poolSettings,
  REGION,
  type ResourceServers,
  type ScopeOf,
  type StandardScope,
} from './pool-settings.js'
import { createPoolTokens, type PoolTokens } from './pool-tokens.js'
import { createSignOuts, type SignOuts } from './sign-outs.js'
import { issuerOf, type Pool } from './token-examination.js'

/** A user pool that exists in this process alone, with keys of its own. */
export interface FakeCognito<Scope extends string = string> extends PoolTokens<Scope>, SignOuts {
  /** Its id, in the form Cognito gives one: `xx-fake-1_` and nine random characters. */
  readonly userPoolId: string
  /** `'xx-fake-1'`: the form of a Region, with no AWS host that belongs to it. */
  readonly region: string
  /** What `iss` says in its tokens: a URL on the ORIGINAL or the UPDATED host. */
  readonly issuer: string
  /** Origin of the pool's domain, where `/oauth2/userInfo` and `/oauth2/revoke` stand. */
  readonly domain: string
  /** The first app client. It has no secret. */
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
  /** Signs with new keys from now on. The old ones stay published unless `keepOld` is `false`; default `true`. */
  rotateKeys(options?: { readonly keepOld?: boolean }): Promise<void>
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
  const settings = poolSettings(options)
  const { maker } = COGNITO
  const clock = createFakeClock(maker)
  const pool: Pool = { settings, clock, keys: await createPoolKeys(), logins: createLogins() }
  const doors = openDoors(COGNITO)
  const server = createPoolServer(pool, endpointMaker(maker, clock, doors.closing))
  const controls = Object.fromEntries(
    Object.entries(server.endpoints).map(([name, { control }]) => [name, control]),
  ) as Record<keyof typeof server.endpoints, EndpointControl>

  const fake: FakeCognito<StandardScope | ScopeOf<Servers>> = {
    userPoolId: settings.userPoolId,
    region: REGION,
    issuer: issuerOf(pool),
    domain: settings.domain,
    clientId: settings.clients[0],
    clock,
    ...controls,
    ...createPoolTokens(pool, doors.assertOpen),
    ...createSignOuts(pool, doors.assertOpen),
    forged: forgedTokens(pool),
    fetch: fetchFrom(server, doors.assertOpen),
    publicKeys: async () => ({ keys: await pool.keys.published() }),
    async rotateKeys(how = {}) {
      doors.assertOpen()
      refuseUnknown(maker, 'rotateKeys', how, ['keepOld'])
      await pool.keys.rotate(how.keepOld !== false)
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
