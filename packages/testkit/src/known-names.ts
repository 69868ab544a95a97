/** In plain JavaScript a misspelt name would do nothing, and the test would prove something else than it says. */
export function refuseUnknown(maker: string, owner: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`${maker}: ${owner} knows no ${unknown}; it takes ${known.join(', ')}`)
  }
}
