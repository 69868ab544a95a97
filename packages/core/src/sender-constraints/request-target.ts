import { ConfigurationError } from '../outcomes/errors.js'
import { stringListOption } from '../outcomes/option-check.js'
import { whatIsWrongWithAddress } from '../vocabulary/issuer-identifier.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'

/**
 * Visible ASCII without the backslash, which some take for a slash. What ends each part cannot stand in it, so that there is
 * one way to match: strangers write proofs, and another way for each character would take them seconds of ours.
 */
const ADDRESS =
  /^(https?):\/\/([^/?#\s\\]+)((?:\/[\x21-\x22\x24-\x3e\x40-\x5b\x5d-\x7e]*)?)(?:[?#][\x21-\x5b\x5d-\x7e]*)?$/i
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

/**
 * An address as proofs and requests are compared (RFC 9449 §4.3): without query and fragment, normalized as RFC 3986 §6.2.2
 * and §6.2.3 say. `undefined` for what is no address, or could be read in two ways.
 */
export function normalizeTarget(address: string): string | undefined {
  const [, scheme = '', authority = '', path = ''] = ADDRESS.exec(address) ?? []
  if (scheme === '' || authority.includes('@')) return undefined
  const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d*))?$/i.exec(authority) ?? []
  const normalizedPath = normalizePath(path)
  if (host === '' || normalizedPath === undefined) return undefined
  const lowerCaseScheme = scheme.toLowerCase()
  const shownPort = port === '' || port === DEFAULT_PORTS[lowerCaseScheme] ? '' : `:${port}`
  return `${lowerCaseScheme}://${host.toLowerCase()}${shownPort}${normalizedPath}`
}

function normalizePath(path: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(path)) return undefined
  // What needs no escape means the same without (RFC 3986 §2.3); everything else is written in one way (§6.2.2.1).
  const plain = path.replaceAll(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16))
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase()
  })
  const segments: string[] = []
  const parts = plain.split('/').slice(1)
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    if (part === '..') segments.pop()
    if (part !== '.' && part !== '..') segments.push(part)
    else if (isLast) segments.push('')
  }
  return `/${segments.join('/')}`
}

/** Addresses, normalized and without a slash at the end, that the path of a request follows. */
export function checkPublicUrls(option: string, urls: unknown, allowInsecureLoopback: boolean): readonly string[] {
  const accepted =
    "must be where clients reach this API, such as 'https://api.example.com', with the path that a proxy takes off; or a list"
  return stringListOption(option, urls, accepted).map((url) => {
    const problem = whatIsWrongWithAddress(url, allowInsecureLoopback)
    if (problem !== undefined) throw new ConfigurationError(option, problem)
    const normalized = /[?#]/.test(url) ? undefined : normalizeTarget(url)
    if (normalized === undefined) throw new ConfigurationError(option, accepted)
    return normalized.replace(/\/$/, '')
  })
}

/** Whether a proof is for where a request was sent, by the path that it came with; its `Host` is anybody's word. */
export function isTarget(htu: string, request: AnyRequest, publicUrls: readonly string[]): boolean {
  const path = pathOf(urlOf(request))
  if (path === undefined) return false
  const addresses = publicUrls.map((base) => `${base}${path}`)
  // Most are written alike.
  if (addresses.includes(htu)) return true
  const normalized = normalizeTarget(htu)
  return normalized !== undefined && addresses.some((address) => normalizeTarget(address) === normalized)
}

/** As it was sent: a request of Express that is handed over as it is has a `url` from which routers took their prefix. */
function urlOf(request: AnyRequest): string {
  const { originalUrl } = request as { readonly originalUrl?: unknown }
  return typeof originalUrl === 'string' ? originalUrl : request.url
}

/** The path alone, of a path and query or of a whole address (RFC 9112 §3.2); `undefined` for `*`. */
function pathOf(url: string): string | undefined {
  const [target = ''] = url.split(/[?#]/, 1)
  if (target.startsWith('/')) return target
  const [, path] = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(.*)$/is.exec(target) ?? []
  return path
}
