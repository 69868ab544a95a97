import {
  type CompiledPolicy,
  ConfigurationError,
  type Denied,
  type PathParameters,
  type Presented,
  type Principal,
  TokenRefusedError,
  TokenUncheckedError,
} from '@tokenward/core'
// 'next/navigation' alone is not found outside of Next.js, and 'next/navigation.js' is the browser's inside of it.
import { redirect } from 'next/dist/client/components/redirect.js'
import { cookies, headers } from 'next/headers.js'
import { receive } from './credentials.js'
import { checkOptionNames } from './option-names.js'
import type { HandlerParts } from './route-handlers.js'
import { checkSignInTarget, type SignInTarget, signInTarget } from './sign-in-target.js'

/** Options of one `requireAuth`. */
export interface RequireAuthOptions {
  /**
   * Where a user goes who has to sign in: a path, for what a new token would mend (401); or a function that says so for
   * any refusal, and nothing where the error is thrown after all. Default: it is thrown.
   */
  readonly onRefused?: SignInTarget | undefined
  /** `await params` of the page, for policies with functions that read `request.params`. Default none. */
  readonly params?: PathParameters | undefined
}

/** What server code can ask about the request it runs for. */
export interface ServerCode {
  require<Claims>(policy: CompiledPolicy<Claims>, options: RequireAuthOptions): Promise<Principal<Claims>>
  current(anyToken: CompiledPolicy): Promise<Principal | undefined>
}

const ON_REFUSED = 'requireAuth.onRefused'

export function createServerCode({ server, credentials }: HandlerParts): ServerCode {
  /** By the headers of a request, which Next.js hands out as one object; nothing outlives it. */
  const presentedOf = new WeakMap<object, Map<string, Promise<Presented>>>()

  async function presented(caller: string, params?: PathParameters): Promise<Presented> {
    const received = await headersOutsideCaches(caller)
    const token = await credentials.cookieInServerCode(received, await cookies())
    // Server code is told neither method nor URL; what is empty matches nothing that depends on them.
    const incoming = { request: { method: '', url: '', headers: received, params }, headers: received }
    let ofRequest = presentedOf.get(received)
    if (ofRequest === undefined) presentedOf.set(received, (ofRequest = new Map()))
    // A server function may change the cookie, and the page be rendered after it in the same request.
    const key = JSON.stringify([token, params])
    let found = ofRequest.get(key)
    if (found === undefined) {
      // Components of one page ask one after another, for one request: a call made for one of them serves all.
      const present = async () =>
        (await receive(await server.get(), incoming, async () => token, { arrival: 'request' })).presented
      ofRequest.set(key, (found = present()))
    }
    return found
  }

  return {
    async require(policy, options) {
      checkOptionNames('requireAuth', options, ['onRefused', 'params'])
      const { onRefused, params } = options as RequireAuthOptions
      checkSignInTarget(ON_REFUSED, onRefused)
      checkParams(params)
      const outcome = await (await presented('requireAuth', params)).authorize(policy)
      if (outcome.outcome === 'granted') return outcome.principal
      const target = outcome.outcome === 'refused' ? signInTarget(ON_REFUSED, onRefused, outcome) : undefined
      if (target !== undefined) redirect(target)
      throw errorOf(outcome)
    },
    async current(anyToken) {
      const outcome = await (await presented('currentPrincipal')).authorize(anyToken)
      if (outcome.outcome === 'unavailable') throw errorOf(outcome)
      return outcome.outcome === 'granted' ? outcome.principal : undefined
    },
  }
}

/** What a page is given is a promise, and no function of a policy could read it. */
function checkParams(params: unknown): void {
  if (params === undefined || (typeof params === 'object' && params !== null && !('then' in params))) return
  throw new ConfigurationError('requireAuth.params', 'must be an object: await the params of the page')
}

/** What a cache keeps is shown to whoever asks next: no decision about one request may be made inside of it. */
async function headersOutsideCaches(caller: string) {
  try {
    return await headers()
  } catch (error) {
    if (!(error instanceof Error) || !/"use cache"|unstable_cache/.test(error.message)) throw error
    throw Object.assign(
      new ConfigurationError(
        `${caller}()`,
        "cannot be called inside 'use cache' or unstable_cache: what one user may see would be kept and shown to the next. Call it outside, and hand principal.subject to the cached function as an argument",
      ),
      { cause: error },
    )
  }
}

/** Next.js tells a browser nothing of an error but its `digest`, by which `error.tsx` can tell what to show. */
function errorOf(denied: Denied): TokenRefusedError | TokenUncheckedError {
  const error =
    denied.outcome === 'unavailable'
      ? new TokenUncheckedError(denied.reason)
      : new TokenRefusedError(denied.reason, denied.headers['WWW-Authenticate'])
  return Object.assign(error, { digest: `tokenward-${denied.status}` })
}
