import type { CookieReader } from './token-cookie.js'

/**
 * Reads a `Cookie` header. A name that comes twice with different values, as a neighbour's host can arrange, is one value
 * that no token can be: which of the two counts would depend on who parses.
 */
export function readCookieHeader(header: string | null): CookieReader {
  const values = valuesIn(header)
  return {
    get(name) {
      const found = values.get(name)
      return found === undefined ? undefined : asOne(found)
    },
  }
}

/** The cookies of Next.js, which know what a server function has just changed, unless the header is ambiguous. */
export function unambiguous(cookies: CookieReader, header: string | null): CookieReader {
  const values = valuesIn(header)
  return {
    get(name) {
      const cookie = cookies.get(name)
      const found = values.get(name) ?? new Set()
      return cookie !== undefined && found.size > 1 ? asOne(found) : cookie
    },
  }
}

/**
 * By name, as it came: nothing but the spaces between pairs is taken off. Any host of a domain may set a cookie whose name
 * is `__Host-at` only to those who also take off a no-break space.
 */
function valuesIn(header: string | null): ReadonlyMap<string, ReadonlySet<string>> {
  const values = new Map<string, Set<string>>()
  for (const pair of header?.split(/; */) ?? []) {
    const equals = pair.indexOf('=')
    if (equals === -1) continue
    const name = pair.slice(0, equals)
    values.set(name, (values.get(name) ?? new Set()).add(decoded(pair.slice(equals + 1))))
  }
  return values
}

function asOne(values: ReadonlySet<string>): { readonly value: string } {
  return { value: [...values].join(', ') }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
