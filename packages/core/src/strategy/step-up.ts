import { ConfigurationError } from '../outcomes/errors.js'
import type { RefusalCode } from '../outcomes/operator-codes.js'
import { durationOption, scopeListOption } from '../outcomes/option-check.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { Duration } from '../vocabulary/duration.js'

/** What a route demands of the user's login (RFC 9470). */
export interface StepUp {
  /** One of them is needed; none where the list is empty. */
  readonly acrValues: readonly string[]
  /** Milliseconds. */
  readonly maxAge: number | undefined
}

const RANGE = { min: 1_000, max: 365 * 86_400_000 }

export function checkStepUp(
  owner: string,
  given: { readonly acrValues?: readonly string[]; readonly maxAge?: Duration },
): StepUp {
  const maxAge = durationOption(`${owner}.maxAge`, given.maxAge, { byDefault: undefined, ...RANGE })
  if (maxAge !== undefined && maxAge % 1_000 !== 0) {
    throw new ConfigurationError(`${owner}.maxAge`, 'must be whole seconds, as a challenge tells them (RFC 9470 §3)')
  }
  return { acrValues: acrList(`${owner}.acrValues`, given.acrValues), maxAge }
}

function acrList(option: string, value: readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  const accepted =
    'must be a list of one or more authentication context classes: printable ASCII without space, " and \\'
  // A challenge tells them as it tells scopes: in one quoted text, with spaces in between (RFC 9470 §3).
  return scopeListOption(option, value, accepted)
}

/** A token has one `acr`, so that it must stand in every list that demands any; the first one's preferences stay. */
export function combinedStepUp(owner: string, all: readonly StepUp[]): StepUp {
  const lists = all.map(({ acrValues }) => acrValues).filter((list) => list.length > 0)
  const [first = [], ...others] = lists
  const acrValues = first.filter((acr) => others.every((list) => list.includes(acr)))
  if (first.length > 0 && acrValues.length === 0) {
    throw new ConfigurationError(
      `${owner}.acrValues`,
      'leaves no value: what was combined accepts no acr in common; where a stronger one will do, list it as well',
    )
  }
  const ages = all.map(({ maxAge }) => maxAge).filter((maxAge) => maxAge !== undefined)
  return { acrValues, maxAge: ages.length === 0 ? undefined : Math.min(...ages) }
}

/**
 * The first demand that the user's login does not meet. What a token does not say is not met (RFC 9470 §6). The tolerance
 * works for the client: a login that looks older than it is would otherwise send the user round in circles.
 */
export function refusalByLogin(
  { acrValues, maxAge }: StepUp,
  { acr, authenticatedAt }: TokenFacts,
  clockTolerance: number,
  now: number,
): RefusalCode | undefined {
  if (acrValues.length > 0 && !(acr !== undefined && acrValues.includes(acr))) return 'acr-not-accepted'
  if (maxAge === undefined) return undefined
  if (authenticatedAt === undefined) return 'authentication-too-old'
  // Once more, for a clock that was set back since the token was read.
  if (!(authenticatedAt <= now + clockTolerance)) return 'authenticated-in-the-future'
  return now - authenticatedAt <= maxAge + clockTolerance ? undefined : 'authentication-too-old'
}
