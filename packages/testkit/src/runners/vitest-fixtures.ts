import {
  fakeAuthorizationServer,
  type FakeAuthorizationServer,
} from '../authorization-server/fake-authorization-server.js'
import type { FakeAuthorizationServerOptions } from '../authorization-server/server-settings.js'
import { fakeCognito, type FakeCognito } from '../cognito/fake-cognito.js'
import type { FakeCognitoOptions } from '../cognito/pool-settings.js'
import type { ResourceServers, ScopeOf, StandardScope } from '../cognito/scopes.js'

/** A fixture as `test.extend(name, fixture)` of vitest 5 takes it, with any scope. */
export type BuilderFixture<Fake> = (
  context: object,
  fixture: { readonly onCleanup: (cleanup: () => Promise<void>) => void },
) => Promise<Fake>

/**
 * A fixture that makes a fake user pool and closes it, with all its doors, when its scope ends: after each test, or with
 * `{ scope: 'file' }` after the file. Takes what `fakeCognito` takes.
 */
export function cognitoFixture<const Servers extends ResourceServers = Record<never, never>>(
  options: FakeCognitoOptions<Servers> = {},
): BuilderFixture<FakeCognito<StandardScope | ScopeOf<Servers>>> {
  // vitest reads the source of the function: the context must be taken apart by name, and no name is needed.
  return async ({}, { onCleanup }) => {
    const pool = await fakeCognito(options)
    onCleanup(pool.close)
    return pool
  }
}

/** The same for a fake authorization server. Takes what `fakeAuthorizationServer` takes. */
export function authorizationServerFixture(
  options: FakeAuthorizationServerOptions = {},
): BuilderFixture<FakeAuthorizationServer> {
  return async ({}, { onCleanup }) => {
    const server = await fakeAuthorizationServer(options)
    onCleanup(server.close)
    return server
  }
}
