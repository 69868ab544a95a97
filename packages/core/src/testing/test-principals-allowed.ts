import { ConfigurationError } from '../outcomes/errors.js'

let isEnabled = false

/**
 * Allows {@link asPrincipal} where `NODE_ENV` is not `'test'`, as in programs that `node --test` runs.
 *
 * @throws {@link ConfigurationError} where `NODE_ENV` is `'production'`.
 */
export function enableTestPrincipals(): void {
  refuseInProduction('enableTestPrincipals')
  isEnabled = true
}

/** @throws {@link ConfigurationError} unless this is a test: whoever gets such a server needs no token. */
export function assertTestPrincipalsAllowed(): void {
  refuseInProduction('asPrincipal')
  if (isEnabled || environment() === 'test') return
  throw new ConfigurationError(
    'asPrincipal',
    "lets requests in without a token, and works only where NODE_ENV is 'test' or after enableTestPrincipals()",
  )
}

function refuseInProduction(name: string): void {
  if (environment() === 'production') {
    throw new ConfigurationError(name, "lets requests in without a token, and NODE_ENV is 'production'")
  }
}

/** Edge runtimes may have no `process`. */
function environment(): unknown {
  const { process } = globalThis as { readonly process?: { readonly env?: Readonly<Record<string, unknown>> } }
  return process?.env?.['NODE_ENV']
}
