import { ConfigurationError } from '@tokenward/core'

/**
 * Headers in which proxies, load balancers and home-made middleware tell an application who is calling. A client can send
 * them as well. A `*` stands for any ending.
 */
const LOOK_ALIKES: readonly string[] = [
  'cf-access-authenticated-user-*',
  'cf-access-jwt-assertion',
  'remote-email',
  'remote-groups',
  'remote-name',
  'remote-user',
  'tailscale-user-*',
  'x-amzn-oidc-*',
  'x-apigateway-api-userinfo',
  'x-auth-email',
  'x-auth-groups',
  'x-auth-request-*',
  'x-auth-roles',
  'x-auth-scopes',
  'x-auth-sub',
  'x-auth-user*',
  'x-authenticated-*',
  'x-authentik-*',
  'x-consumer-*',
  'x-credential-identifier',
  'x-endpoint-api-userinfo',
  'x-forwarded-access-token',
  'x-forwarded-email',
  'x-forwarded-groups',
  'x-forwarded-preferred-username',
  'x-forwarded-user',
  'x-goog-authenticated-user-*',
  'x-goog-iap-jwt-assertion',
  // The switch that once skipped every proxy of Next.js (CVE-2025-29927).
  'x-middleware-subrequest*',
  'x-ms-client-principal*',
  'x-pomerium-*',
  'x-principal*',
  'x-remote-user',
  'x-tokenward-*',
  'x-user',
  'x-user-claims',
  'x-user-email',
  'x-user-groups',
  'x-user-id',
  'x-user-name',
  'x-user-permissions',
  'x-user-role*',
  'x-user-scopes',
  'x-user-sub',
  'x-userid',
  'x-userinfo',
  'x-username',
  'x-vouch-*',
  'x-webauth-*',
]

/** Headers by which a proxy tells its application who is calling. */
export interface IdentityHeaderOptions {
  /** Drops these, too, such as `['x-acme-user', 'x-acme-role-*']`; `*` stands for any ending. Default none. */
  readonly dropHeaders?: readonly string[] | undefined
  /** Keeps these, because something in front of the application sets them and lets no client do so. Default none. */
  readonly keepHeaders?: readonly string[] | undefined
}

/** @throws ConfigurationError for what is no list of header names, with or without a `*` at the end. */
export function droppedHeaders(
  owner: string,
  { dropHeaders = [], keepHeaders = [] }: IdentityHeaderOptions,
): (name: string) => boolean {
  const isDropped = namesIn([...LOOK_ALIKES, ...checkedNames(`${owner}.dropHeaders`, dropHeaders)])
  const isKept = namesIn(checkedNames(`${owner}.keepHeaders`, keepHeaders))
  return (name) => isDropped(name) && !isKept(name)
}

function checkedNames(option: string, names: readonly string[]): readonly string[] {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && /^[\w-]+\*?$/.test(name))) {
    throw new ConfigurationError(option, "must be a list of header names, such as ['x-acme-user', 'x-acme-role-*']")
  }
  return names.map((name: string) => name.toLowerCase())
}

function namesIn(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns)
  const beginnings = patterns.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1))
  return (name) => exact.has(name) || beginnings.some((beginning) => name.startsWith(beginning))
}
