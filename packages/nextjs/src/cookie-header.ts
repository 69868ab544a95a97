import type { CookieReader } from './token-cookie.js'

/**
 * Reads a `Cookie` header. A name that comes twice with different values, as a neighbour's host can arrange, is one value
 * that no token can be: which of the two counts would depend on who parses.
 */
export function readCookieHeader(header: string | null): CookieReader {
  const values = new Map<string, Set<string>>()
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (equals === -1) continue
    const name = pair.slice(0, equals).trim()
    values.set(name, (values.get(name) ?? new Set()).add(decoded(pair.slice(equals + 1).trim())))
  }
  return {
    get(name) {
      const found = values.get(name)
      return found === undefined ? undefined : { value: [...found].join(', ') }
    },
  }
}

/** The cookies of Next.js, which know what a server function has just changed, unless the header is ambiguous. */
export function unambiguous(cookies: CookieReader, header: string | null): CookieReader {
  const received = readCookieHeader(header)
  return {
    get(name) {
      const cookie = cookies.get(name)
      const inHeader = received.get(name)
      return cookie !== undefined && inHeader?.value.includes(', ') === true ? inHeader : cookie
    },
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
