import { ConfigurationError, type ResourceServer } from '@tokenward/core'

/** Options are plain objects whose names are all known: a misspelt check must not become a missing one. */
export function assertOptionNames(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigurationError(owner, 'takes a plain object of options')
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    throw new ConfigurationError(`${owner}.${name}`, `is not an option; known options are ${known.join(', ')}`)
  }
}

export function assertResourceServer(owner: string, api: ResourceServer): void {
  if (typeof (api as ResourceServer | undefined)?.authorize === 'function') return
  throw new ConfigurationError(`${owner}.api`, 'must be what createResourceServer() makes')
}

/** A policy that turned out to be nothing demands nothing, and is therefore refused where it stands. */
export function assertPolicy(option: string, policy: unknown): void {
  if (typeof policy === 'object' && policy !== null && !Array.isArray(policy)) return
  throw new ConfigurationError(option, "must be a policy, such as { scopes: ['orders/read'] }; {}: any valid token")
}

/** What core says of a policy, said of where this one stands. */
export function policyAt<Policy>(option: string, compile: () => Policy): Policy {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    throw new ConfigurationError(`${option}${error.option.replace(/^policy/, '')}`, error.problem)
  }
}
