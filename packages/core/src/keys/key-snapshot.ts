import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import type { JsonWebKeySet } from './json-web-key.js'

/** Key sets as `exportKeys()` gives them: plain JSON, with nothing secret in it. */
export interface KeySnapshot {
  /** One for each issuer whose keys were at hand. */
  readonly keySets: readonly KeySetSnapshot[]
}

/** The keys of one issuer, and as of when they are known. */
export interface KeySetSnapshot {
  /** The issuer identifier they belong to; they verify no token of another. */
  readonly issuer: string
  /** When the fetch began that brought them, in milliseconds since the epoch. Their age counts from here. */
  readonly fetchedAt: number
  /** The keys that can be used (RFC 7517 §5). */
  readonly jwks: JsonWebKeySet
}

/** One set of a given snapshot, with the name it has in the options. */
export interface GivenKeySet extends KeySetSnapshot {
  readonly option: string
}

/**
 * The sets of a given snapshot by their issuers. Whether the keys can be used depends on the issuer, and is checked there.
 *
 * @throws {@link ConfigurationError} naming what is wrong with it.
 */
export function checkKeySnapshot(option: string, snapshot: unknown): ReadonlyMap<string, GivenKeySet> {
  const byIssuer = new Map<string, GivenKeySet>()
  if (snapshot === undefined) return byIssuer
  if (typeof snapshot === 'string') {
    throw new ConfigurationError(option, 'is text; give what JSON.parse makes of it')
  }
  checkOptionNames(option, snapshot, ['keySets'])
  const { keySets } = snapshot
  if (!Array.isArray(keySets)) throw new ConfigurationError(option, 'must be what exportKeys() gave: { keySets: […] }')
  for (const [index, given] of keySets.entries()) {
    const name = `${option}.keySets[${index}]`
    checkOptionNames(name, given, ['issuer', 'fetchedAt', 'jwks'])
    const { issuer, fetchedAt, jwks } = given
    if (typeof issuer !== 'string' || issuer === '') {
      throw new ConfigurationError(`${name}.issuer`, 'must be an issuer identifier')
    }
    if (typeof fetchedAt !== 'number' || !(fetchedAt >= 0 && fetchedAt < Infinity)) {
      throw new ConfigurationError(`${name}.fetchedAt`, 'must be a number of milliseconds since the epoch')
    }
    if (byIssuer.has(issuer)) throw new ConfigurationError(`${name}.issuer`, 'repeats an issuer of the same snapshot')
    byIssuer.set(issuer, { issuer, fetchedAt, jwks: jwks as JsonWebKeySet, option: name })
  }
  return byIssuer
}
