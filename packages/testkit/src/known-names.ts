import { isObject, kindOf } from './given-values.js'

/**
 * In plain JavaScript a misspelt name would do nothing, and the test would prove something else than it says. So would what
 * has no names at all.
 */
export function refuseUnknown(maker: string, owner: string, given: object, known: readonly string[]): void {
  if (!isObject(given)) {
    const some = known.length > 3 ? [...known.slice(0, 3), '…'] : known
    throw new TypeError(`${maker}: ${owner} takes an object, { ${some.join(', ')} }, not ${kindOf(given)}`)
  }
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`${maker}: ${owner} knows no ${unknown}; it takes ${known.join(', ')}`)
  }
}
