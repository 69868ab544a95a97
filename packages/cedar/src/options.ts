import { ConfigurationError } from '@tokenward/core'

/** A misspelt option must not become a missing one. */
export function checkOptionNames(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigurationError(owner, 'takes a plain object of options')
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new ConfigurationError(`${owner}.${unknown}`, `is not an option; known options are ${known.join(', ')}`)
  }
}
