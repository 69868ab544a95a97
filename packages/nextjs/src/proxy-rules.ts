import { type ClaimsSchema, type CompiledPolicy, ConfigurationError, type PolicyOrLiteral } from '@tokenward/core'
import type { NextRequest } from 'next/server.js'
import { acceptsCookie, type Credentials } from './credentials.js'
import { checkOptionNames } from './option-names.js'
import type { ServerInUse } from './resource-server-source.js'
import { checkSignInTarget, type SignInTarget } from './sign-in-target.js'

/** What a proxy turns away before a page or a handler sees it. */
export interface ProxyRule {
  /**
   * A path without pattern, below `basePath` and without a locale: `'/admin'` means that page and all below it. Required.
   */
  readonly path: string
  /** What a token must meet; `maxRevocationLag` and `action` are the handler's to check. Default: any valid token. */
  readonly policy?: PolicyOrLiteral<ClaimsSchema | undefined, unknown> | undefined
  /**
   * For pages: where a user goes who has to sign in (401), as a path below `basePath`; or a function that says so for any
   * refusal. Default: the answer is the challenge, as for APIs.
   */
  readonly onRefused?: SignInTarget<[request: NextRequest]> | undefined
  /** Takes the token from the `tokenCookie`, too. Default: where there is one, for rules with `onRefused`. */
  readonly acceptCookie?: boolean | undefined
}

/** A rule that was checked. */
export interface CompiledRule extends Pick<ProxyRule, 'onRefused' | 'path'> {
  readonly policy: CompiledPolicy<unknown>
  readonly acceptCookie: boolean
  covers(paths: readonly string[]): boolean
}

const KNOWN: readonly string[] = ['path', 'policy', 'onRefused', 'acceptCookie'] satisfies (keyof ProxyRule)[]

export function compileRules(
  owner: string,
  rules: readonly ProxyRule[],
  { server, credentials }: { readonly server: ServerInUse; readonly credentials: Credentials },
): readonly CompiledRule[] {
  if (!Array.isArray(rules) || rules.length === 0) {
    throw new ConfigurationError(`${owner}.rules`, "must be a list of one or more rules, such as [{ path: '/admin' }]")
  }
  return rules.map((rule: ProxyRule, index) => {
    const option = `${owner}.rules[${index}]`
    checkOptionNames(option, rule, KNOWN)
    const { path, policy = {}, onRefused, acceptCookie } = rule as ProxyRule
    if (Object.hasOwn(rule, 'policy') && (rule as ProxyRule).policy === undefined) {
      throw new ConfigurationError(`${option}.policy`, 'is undefined; leave it out to accept any valid token')
    }
    checkSignInTarget(`${option}.onRefused`, onRefused)
    return {
      path,
      onRefused,
      policy: server.compile(policy),
      acceptCookie: acceptsCookie(`${option}.acceptCookie`, acceptCookie, credentials, onRefused !== undefined),
      covers: pathMatcher(`${option}.path`, path),
    }
  })
}

/** Wider than the router, never narrower: what ends in a suffix, or is spelt otherwise, may still reach the page. */
function pathMatcher(option: string, path: string): CompiledRule['covers'] {
  if (typeof path !== 'string' || !/^\/(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/.test(path)) {
    throw new ConfigurationError(
      option,
      "must be a path without patterns and without a slash at the end, such as '/admin' for that page and all below it",
    )
  }
  const start = path.toLowerCase()
  return (paths) =>
    paths.some((each) => start === '/' || (each.startsWith(start) && /^(?:[/.]|$)/.test(each.slice(start.length))))
}

/** Every path that some part on the way might read out of this one. */
export function readingsOf(pathname: string): readonly string[] {
  const readings = new Set<string>()
  let reading = pathname
  // Encodings of encodings, further than anything on the way is known to go.
  for (let times = 0; times < 5; times += 1) {
    const plain = withoutDots(reading)
    readings.add(plain)
    readings.add(plain.replace(/^\/_next\/data\/[^/]+/, ''))
    reading = decoded(reading)
  }
  return [...readings]
}

function withoutDots(path: string): string {
  const segments: string[] = []
  for (const segment of path.toLowerCase().split(/[/\\]+/)) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}`
}

function decoded(path: string): string {
  return path.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded)
    } catch {
      return encoded
    }
  })
}
