/**
 * Patterns of policy resources, in which `*` stands for any text, slashes included. A route's pattern can so match what
 * other routes are for, and these functions tell where.
 */

/** Whether some text matches both. */
export function overlaps(first: string, second: string): boolean {
  const seen = new Set<number>()
  const width = second.length + 1

  function from(i: number, j: number): boolean {
    const place = i * width + j
    if (seen.has(place)) return false
    seen.add(place)
    const [a, b] = [first[i], second[j]]
    if (a === undefined && b === undefined) return true
    if (a === '*') return from(i + 1, j) || (b !== undefined && from(i, j + 1))
    if (b === '*') return from(i, j + 1) || (a !== undefined && from(i + 1, j))
    return a !== undefined && a === b && from(i + 1, j + 1)
  }
  return from(0, 0)
}

/** Whether every text that matches `inner` matches `outer`. */
export function contains(outer: string, inner: string): boolean {
  // The star of the inner pattern stands for a letter that no pattern has: only a star of the outer one takes it.
  let reached = new Set([0])
  const closed = (places: Set<number>) => {
    for (const place of places) if (outer[place] === '*') places.add(place + 1)
    return places
  }
  reached = closed(reached)
  for (const letter of inner) {
    const next = new Set<number>()
    for (const place of reached) {
      if (outer[place] === '*') next.add(place)
      else if (letter !== '*' && outer[place] === letter) next.add(place + 1)
    }
    reached = closed(next)
  }
  return reached.has(outer.length)
}
