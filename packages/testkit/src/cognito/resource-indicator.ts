/**
 * Whether a token can be bound to it (RFC 8707 §2): any URL without a fragment, registered or not; https, http on
 * localhost, or a scheme of an app.
 */
export function isResourceIndicator(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value) || value.includes('#')) return false
  const { protocol, hostname } = new URL(value)
  return protocol !== 'http:' || hostname === 'localhost'
}
