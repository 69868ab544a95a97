import { closeable } from '../delivery/closeable.js'
import { openDoors } from '../delivery/doors.js'
import { withInternals } from '../delivery/fake-internals.js'
import { fetchFrom } from '../delivery/fetch.js'
import { listen, type ListeningFake } from '../delivery/listen.js'
import { checkServeOptions, serve, type ServedFake, type ServeOptions } from '../delivery/serve.js'
import { endpointMaker } from '../endpoints/endpoint.js'
import type { EndpointControl } from '../endpoints/endpoint-control.js'
import type { FakeServer } from '../endpoints/fake-server.js'
import { createFakeClock, type FakeClock } from '../fake-clock.js'
import { readRotation, type RotateKeysOptions } from '../jws/key-rotation.js'
import type { PublishedEcKey, PublishedKey } from '../jws/signing-key.js'
import { createRandomness } from '../randomness.js'
import { createAuthorizationEndpoints } from './authorization-endpoints.js'
import type { IntrospectionControl } from './introspection-endpoint.js'
import { createIssuedTokens, type ServerTokens } from './issued-tokens.js'
import { createServerKeys } from './server-keys.js'
import {
  AUTHORIZATION_SERVER,
  checkServerOptions,
  type FakeAuthorizationServerOptions,
  type IntrospectingClient,
  serverSettings,
} from './server-settings.js'

/** An authorization server with introspection (RFC 7662) that exists in this process alone, with keys of its own. */
export interface FakeAuthorizationServer extends ServerTokens {
  /** Its issuer identifier: `iss` of its tokens, `issuer` of its metadata. */
  readonly issuer: string
  /** The client that may introspect: hand its id and secret to the code under test. */
  readonly client: IntrospectingClient
  /** Time as the server sees it. Give it to the code under test, and move both at once. */
  readonly clock: FakeClock
  /** The key set. */
  readonly jwks: EndpointControl
  /** The metadata, at the addresses of RFC 8414 and of OpenID Connect Discovery; both count here. */
  readonly metadata: EndpointControl
  /** Introspection (RFC 7662): plain, or signed for clients that accept `application/token-introspection+jwt` (RFC 9701). */
  readonly introspection: IntrospectionControl
  /** Revocation (RFC 7009). */
  readonly revocation: EndpointControl
  /** A `fetch` that reaches this server and nothing else, to inject. */
  readonly fetch: typeof globalThis.fetch
  /** The public keys as published now, a copy: what libraries take as a key set. */
  publicKeys(): Promise<{ keys: (PublishedKey | PublishedEcKey)[] }>
  /** Signs with a new key from now on. Unless told otherwise it is published at once, and the old one stays so. */
  rotateKeys(options?: RotateKeysOptions): Promise<void>
  /** Answers on the addresses of its issuer, inside this process, through msw. Throws where msw is not installed. */
  listen(): Promise<ListeningFake>
  /**
   * Answers on a free port of 127.0.0.1, for code that is given the addresses of the endpoints. Code that discovers them
   * needs the option `served`; then this is the door that is open already.
   */
  serve(options?: ServeOptions): Promise<ServedFake>
  /** Ends every `listen` and `serve`; the server makes no tokens afterwards. */
  close(): Promise<void>
  /** As `close()`, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void>
  /** The same for `using`, which does not wait: nobody is answered any more. */
  [Symbol.dispose](): void
}

/** Makes a fake authorization server with an issuer and a key of its own. */
export async function fakeAuthorizationServer(
  options: FakeAuthorizationServerOptions = {},
): Promise<FakeAuthorizationServer> {
  const { maker } = AUTHORIZATION_SERVER
  checkServerOptions(options)
  const random = createRandomness(maker, options.seed)
  const doors = openDoors(AUTHORIZATION_SERVER)
  const clock = createFakeClock(maker)
  /** Its issuer is known when its port is. */
  let server: FakeServer | undefined
  const door =
    options.served === undefined || options.served === false
      ? undefined
      : await doors.open(() =>
          serve(
            { kind: AUTHORIZATION_SERVER, answer: async (request) => server?.answer(request) },
            { https: options.served === 'https' },
          ),
        )
  const settings = serverSettings(options, door?.url, random)
  const keys = await createServerKeys(settings.algorithm, clock, () => random.bytes('kid', 32).toString('base64'))
  const issued = createIssuedTokens({ settings, random, clock, keys, assertOpen: doors.assertOpen })
  const endpoints = createAuthorizationEndpoints(
    { settings, clock, keys, issued, assertOpen: doors.assertOpen },
    endpointMaker(maker, clock, doors),
  )
  server = endpoints
  const { jwks, metadata, introspection, revocation } = endpoints

  const fake: FakeAuthorizationServer = {
    issuer: settings.issuer,
    client: settings.client,
    clock,
    jwks,
    metadata,
    introspection,
    revocation,
    ...issued.tokens,
    fetch: fetchFrom(endpoints, doors.assertOpen),
    async publicKeys() {
      doors.assertOpen()
      return { keys: keys.published() }
    },
    async rotateKeys(how = {}) {
      doors.assertOpen()
      await keys.rotate(readRotation(maker, how))
    },
    listen: () => doors.open(() => listen(endpoints)),
    async serve(how = {}) {
      checkServeOptions(maker, how)
      doors.assertOpen()
      if (door === undefined) return doors.open(() => serve(endpoints, how))
      if (how.https !== undefined && how.https !== (door.certificateAuthority !== undefined)) {
        throw new TypeError(`${maker}: the port is open already; say served: 'https' where it is to be TLS`)
      }
      return door
    },
    ...closeable(doors.close),
  }
  return withInternals(fake, { server: endpoints, closing: doors.closing })
}
