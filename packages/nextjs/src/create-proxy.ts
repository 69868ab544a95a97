import type { Denied } from '@tokenward/core'
import { type NextRequest, NextResponse } from 'next/server.js'
import { type Credentials, requestWithCookie } from './credentials.js'
import { denialResponse } from './denial-response.js'
import { droppedHeaders, type IdentityHeaderOptions } from './identity-headers.js'
import { checkOptionNames } from './option-names.js'
import { type CompiledRule, compileRules, type ProxyRule, readingsOf } from './proxy-rules.js'
import type { ServerInUse } from './resource-server-source.js'
import { SAFE_METHODS } from './request-origin.js'
import { signInTarget } from './sign-in-target.js'

/** Options of a proxy. */
export interface ProxyOptions extends IdentityHeaderOptions {
  /** What is turned away; of several rules for one path each must let a request pass. Required. */
  readonly rules: readonly ProxyRule[]
}

/** Export it as `proxy` from `proxy.ts`, or as `middleware` from `middleware.ts`, beside a `config` that you write out. */
export type Proxy = (request: NextRequest) => Promise<Response>

/** Under which the paths of a proxy's rules are found, whatever copy of this package made it. */
export const RULE_PATHS: unique symbol = Symbol.for('@tokenward/nextjs.rule-paths')

export function proxyFor(
  owner: string,
  parts: { readonly server: ServerInUse; readonly credentials: Credentials },
  options: ProxyOptions,
  known: readonly string[] = [],
): Proxy {
  checkOptionNames(owner, options, ['rules', 'dropHeaders', 'keepHeaders', ...known])
  const { rules, dropHeaders, keepHeaders } = options as unknown as ProxyOptions
  const compiled = compileRules(owner, rules, parts)
  const isDropped = droppedHeaders(owner, { dropHeaders, keepHeaders })

  async function denied({ policy, acceptCookie }: CompiledRule, request: NextRequest): Promise<Denied | undefined> {
    const server = await parts.server.get()
    const { method, headers } = request
    const incoming = { request: { method, url: urlForHandlers(request), headers }, headers }
    const needsCookie = acceptCookie && (await server.present(incoming.request)).credentials === 'none'
    const withCookie = needsCookie
      ? await requestWithCookie(incoming, () => parts.credentials.cookieOf(incoming, acceptCookie))
      : undefined
    const checked = await server.precheck(withCookie ?? incoming.request, policy)
    return checked.outcome === 'passed' ? undefined : checked
  }

  async function proxy(request: NextRequest): Promise<Response> {
    const paths = readingsOf(request.nextUrl.pathname)
    for (const rule of compiled) {
      const denial = rule.covers(paths) ? await denied(rule, request) : undefined
      if (denial === undefined) continue
      const target = redirectTarget(rule, denial, request)
      if (target === undefined) return denialResponse(denial)
      // Under a rule for everything, the page to sign in on would send users from itself to itself.
      if (isSamePage(target, request.nextUrl)) continue
      // A form is not sent on to where its user signs in (RFC 9110 §15.4.4).
      const status = SAFE_METHODS.has(request.method) ? 307 : 303
      return NextResponse.redirect(target, { status, headers: { 'Cache-Control': 'no-store' } })
    }
    const kept = [...request.headers].filter(([name]) => !isDropped(name))
    return NextResponse.next({ request: { headers: new Headers(kept) } })
  }

  return Object.assign(proxy, { [RULE_PATHS]: Object.freeze(compiled.map(({ path }) => path)) })
}

/** Next.js tells handlers no `basePath`: what a proof of possession is for has to be one address for both. */
function urlForHandlers({ url, nextUrl: { basePath } }: NextRequest): string {
  const address = new URL(url)
  if (`${address.pathname}/`.startsWith(`${basePath}/`)) address.pathname = address.pathname.slice(basePath.length)
  return address.href
}

/** Whatever `trailingSlash` makes of the address. */
function isSamePage(target: URL, { pathname, host }: NextRequest['nextUrl']): boolean {
  return target.host === host && target.pathname.replace(/\/$/, '') === pathname.replace(/\/$/, '')
}

/** Where `onRefused` leads: with the `basePath` and the locale of the request, unless it names another host. */
function redirectTarget({ path, onRefused }: CompiledRule, denial: Denied, request: NextRequest): URL | undefined {
  if (denial.outcome !== 'refused') return undefined
  const target = signInTarget(`onRefused of the rule for ${path}`, onRefused, denial, request)
  if (target === undefined || !target.startsWith('/')) return target === undefined ? undefined : new URL(target)
  const { pathname, search } = new URL(target, request.url)
  return Object.assign(request.nextUrl.clone(), { pathname, search }) as unknown as URL
}
