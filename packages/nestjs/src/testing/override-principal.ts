import { asPrincipal, type AsPrincipalOptions, type TestPrincipal } from '@tokenward/core/testing'
import type { ResourceServer } from '@tokenward/core'
import { RESOURCE_SERVER } from '../module/tokenward-options.js'

/** What is used of the builder that `Test.createTestingModule()` returns. */
export interface OverridableModule<Builder> {
  /** Replaces a provider. */
  overrideProvider(token: unknown): {
    /** By a value. */
    useValue(value: unknown): Builder
  }
}

/**
 * Takes every request, operation, message and connection for one of this principal, whatever token it has. Policies are
 * checked as ever. A function is asked each time, so that one application can be called as several people:
 * `overridePrincipal(builder, () => who)`.
 *
 * @throws {@link ConfigurationError} where `asPrincipal` does: outside tests, or for a principal that cannot be.
 */
export function overridePrincipal<Builder>(
  builder: OverridableModule<Builder>,
  principal: TestPrincipal | (() => TestPrincipal),
  options: AsPrincipalOptions = {},
): Builder {
  const server = typeof principal === 'function' ? asWhoever(principal, options) : asPrincipal(principal, options)
  return builder.overrideProvider(RESOURCE_SERVER).useValue(server)
}

function asWhoever(principal: () => TestPrincipal, options: AsPrincipalOptions): ResourceServer {
  const now = () => asPrincipal(principal(), options)
  return {
    ...now(),
    authorize: (...given) => now().authorize(...given),
    present: (...given) => now().present(...given),
    verify: (...given) => now().verify(...given),
  }
}
