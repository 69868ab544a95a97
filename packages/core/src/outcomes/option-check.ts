import { acceptedDurations, type Duration, formatDuration, parseDuration } from '../vocabulary/duration.js'
import { isScopeToken } from '../vocabulary/scope.js'
import { ConfigurationError } from './errors.js'

/** Options are plain objects whose names are all known: a misspelt check must not become a missing one. */
export function checkOptionNames(
  owner: string,
  options: unknown,
  known: readonly string[],
): asserts options is Record<string, unknown> {
  if (!isPlainObject(options)) {
    throw new ConfigurationError(owner, 'takes a plain object of options')
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    throw new ConfigurationError(`${owner}.${name}`, `is not an option; known options are ${known.join(', ')}`)
  }
}

/**
 * A promise somebody forgot to await, a Map or an instance with accessors has no options of its own and would pass for
 * an empty object. Told by the prototype's prototype, which holds for objects of another realm, too.
 */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Milliseconds of a duration option within its range, or its default. */
export function durationOption<Default extends number | undefined>(
  option: string,
  value: Duration | undefined,
  { byDefault, min, max }: { readonly byDefault: Default; readonly min: number; readonly max: number },
): number | Default {
  if (value === undefined) return byDefault
  const milliseconds = parseDuration(value)
  if (milliseconds === undefined || milliseconds < min || milliseconds > max) {
    throw new ConfigurationError(
      option,
      `must be a duration from ${formatDuration(min)} to ${formatDuration(max)}: ${acceptedDurations}`,
    )
  }
  return milliseconds
}

/** A list of one or more non-empty strings, given as one string or an array. Frozen, and a copy. */
export function stringListOption(option: string, value: unknown, accepted: string): readonly string[] {
  // Copied first: `every` would skip the holes of a sparse array.
  const list: readonly unknown[] = Array.isArray(value) ? [...value] : [value]
  if (list.length === 0 || !list.every((item) => typeof item === 'string' && item !== '')) {
    throw new ConfigurationError(option, value === undefined ? `${accepted}; it is undefined` : accepted)
  }
  if (list.some((item) => (item as string).trim() !== item)) {
    throw new ConfigurationError(option, 'has a space at the beginning or the end, as values from a file may have')
  }
  return Object.freeze(list as readonly string[])
}

/** A list of one or more scope tokens (RFC 6749 §3.3), or of other names that a challenge tells in the same way. */
export function scopeListOption(option: string, value: unknown, accepted: string): readonly string[] {
  if (!Array.isArray(value) || ![...value].every(isScopeToken)) throw new ConfigurationError(option, accepted)
  return stringListOption(option, value, accepted)
}

export function booleanOption(option: string, value: unknown, byDefault = false): boolean {
  if (value === undefined) return byDefault
  if (typeof value !== 'boolean') throw new ConfigurationError(option, 'must be true or false')
  return value
}
