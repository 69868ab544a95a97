import { closeable } from '../delivery/closeable.js'
import { openDoors } from '../delivery/doors.js'
import { withInternals } from '../delivery/fake-internals.js'
import { fetchFrom } from '../delivery/fetch.js'
import { listen, type ListeningFake } from '../delivery/listen.js'
import { checkServeOptions, serve, type ServedFake, type ServeOptions } from '../delivery/serve.js'
import { endpointMaker } from '../endpoints/endpoint.js'
import type { EndpointControl } from '../endpoints/endpoint-control.js'
import { createFakeClock, type FakeClock } from '../fake-clock.js'
import { loadCedar } from './cedar.js'
import { createPolicyStore } from './policy-store.js'
import { createStoreServer } from './store-server.js'
import { checkSettings, type FakeVerifiedPermissionsOptions, REGION, STORE } from './store-settings.js'

/** A policy of a fake store. */
export interface FakePolicy {
  /** The id that `determiningPolicies` names. */
  readonly policyId: string
  /** Its name without the prefix `name/`; `undefined` where it has none. */
  readonly name: string | undefined
  /** Its text. */
  readonly statement: string
}

/** A policy store of Amazon Verified Permissions that exists in this process alone, and evaluates real Cedar. */
export interface FakeVerifiedPermissions {
  /** Its id: `PSFAKE` and random digits. */
  readonly policyStoreId: string
  /** `'xx-fake-1'`: the form of a Region, with no AWS host that belongs to it. */
  readonly region: string
  /** Credentials to make a client with. Any would do: a signature must be there, and is not checked. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** When faults end. The expiry of tokens is judged by the clock of their pool. */
  readonly clock: FakeClock
  /** The operation `IsAuthorized`. */
  readonly isAuthorized: EndpointControl
  /** The operation `IsAuthorizedWithToken`. */
  readonly isAuthorizedWithToken: EndpointControl
  /** The operation `BatchIsAuthorized`. */
  readonly batchIsAuthorized: EndpointControl
  /** The operation `BatchIsAuthorizedWithToken`. */
  readonly batchIsAuthorizedWithToken: EndpointControl
  /** The operations on schema and policies, together. */
  readonly management: EndpointControl
  /** A `fetch` that reaches this store and nothing else. */
  readonly fetch: typeof globalThis.fetch
  /** The policies it has now. */
  policies(): readonly FakePolicy[]
  /** The schema it has now, in JSON; `undefined` where it has none. */
  schema(): string | undefined
  /** Answers on the https address of the service, inside this process, through msw. Throws where msw is not installed. */
  listen(): Promise<ListeningFake>
  /** Answers on a free port of 127.0.0.1; over TLS where asked for. */
  serve(options?: ServeOptions): Promise<ServedFake>
  /** Ends every `listen` and `serve`. */
  close(): Promise<void>
  /** As `close()`, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void>
  /** The same for `using`, which does not wait: nobody is answered any more. */
  [Symbol.dispose](): void
}

/**
 * Makes a fake policy store. Throws a `TypeError` for policies or a schema that Cedar does not take, and an `Error` where
 * `@cedar-policy/cedar-wasm` is not installed.
 */
export async function fakeVerifiedPermissions(
  options: FakeVerifiedPermissionsOptions = {},
): Promise<FakeVerifiedPermissions> {
  checkSettings(options)
  const { maker } = STORE
  const store = createPolicyStore(await loadCedar(maker), options)
  const clock = createFakeClock(maker)
  const doors = openDoors(STORE)
  const server = createStoreServer(store, endpointMaker(maker, clock, doors))
  const controls = Object.fromEntries(
    Object.entries(server.endpoints).map(([name, { control }]) => [name, control]),
  ) as Record<keyof typeof server.endpoints, EndpointControl>

  const fake: FakeVerifiedPermissions = {
    policyStoreId: store.policyStoreId,
    region: REGION,
    credentials: { accessKeyId: 'AKIAFAKE', secretAccessKey: 'fake' },
    clock,
    ...controls,
    fetch: fetchFrom(server, doors.assertOpen),
    policies: () =>
      store.policies
        .all()
        .map(({ policyId, name, statement }) => ({ policyId, name: name?.slice('name/'.length), statement })),
    schema: () => store.schema?.current.json,
    listen: () => doors.open(() => listen(server)),
    async serve(how = {}) {
      checkServeOptions(maker, how)
      return doors.open(() => serve(server, how))
    },
    ...closeable(doors.close),
  }
  return withInternals(fake, { server, closing: doors.closing })
}
