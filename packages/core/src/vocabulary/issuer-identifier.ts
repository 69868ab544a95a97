/** Hosts that never leave the machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

/**
 * Says what is wrong with an address keys or metadata would be fetched from, or `undefined` when it may be used:
 * an absolute https URL without user name, password or fragment. Plain http only to loopback, only when allowed.
 */
export function whatIsWrongWithAddress(address: unknown, allowInsecureLoopback: boolean): string | undefined {
  if (typeof address !== 'string' || !/^[a-z]+:\/\/\S+$/.test(address) || !URL.canParse(address)) {
    return 'must be an absolute https URL, for example https://auth.example.com'
  }
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password'
  if (address.includes('#')) return 'must not have a fragment'
  if (url.protocol === 'https:') return undefined
  if (url.protocol !== 'http:') return 'must be an https URL'
  if (!allowInsecureLoopback) {
    return 'must be an https URL (allowInsecureLoopback: true admits http to loopback, for tests)'
  }
  return isLoopbackHost(url.hostname)
    ? undefined
    : 'must be an https URL: allowInsecureLoopback admits http to loopback only'
}

/** As for an address, and without a query (RFC 8414 §2). Issuers are compared as exact strings (RFC 9068 §4). */
export function whatIsWrongWithIssuer(issuer: unknown, allowInsecureLoopback: boolean): string | undefined {
  return (
    whatIsWrongWithAddress(issuer, allowInsecureLoopback) ??
    ((issuer as string).includes('?') ? 'must not have a query' : undefined)
  )
}
