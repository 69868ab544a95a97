import { workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js'
import { workUnitAsyncStorage } from 'next/dist/server/app-render/work-unit-async-storage.external.js'
import { describe, expect, it } from 'vitest'
import {
  ConfigurationError,
  createNextAuth,
  definePolicy,
  namedCookie,
  TokenRefusedError,
  TokenUncheckedError,
} from '../src/index.js'
import { asPrincipal, inRequest, routeRequest } from '../src/testing.js'
import { CROSS_SITE, orders, SAME_ORIGIN } from './support/orders.js'

const tokenCookie = namedCookie('__Host-at')
const reading = definePolicy({ scopes: ['orders/read'] })

async function signedIn(request: Parameters<Awaited<ReturnType<typeof orders>>['pool']['accessToken']>[0] = {}) {
  const app = await orders({ tokenCookie })
  const token = await app.pool.accessToken({ sub: 'u1', scopes: ['orders/read'], ...request })
  const page = (headers: Record<string, string> = {}) => routeRequest('/', { cookies: { '__Host-at': token }, headers })
  return { ...app, token, page }
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  )

describe('requireAuth', () => {
  it('says who calls, by the cookie or by the header', async () => {
    const { auth, page, token } = await signedIn()
    const require = () => auth.requireAuth(reading)
    expect((await inRequest(page(), require)).subject).toBe('u1')
    expect((await inRequest(routeRequest('/', { token }), require)).subject).toBe('u1')
    expect((await inRequest(page(), () => auth.requireAuth())).subject).toBe('u1')
  })

  it('throws a typed error, whose digest is all that a browser is told', async () => {
    const { auth, page, pool } = await signedIn()
    const refused = await rejection(inRequest(page(), () => auth.requireAuth({ scopes: ['orders/write'] })))
    expect(refused).toBeInstanceOf(TokenRefusedError)
    expect(refused).toMatchObject({ code: 'scope-missing', status: 403, digest: 'tokenward-403' })
    const nobody = await rejection(inRequest(routeRequest('/'), () => auth.requireAuth()))
    expect(nobody).toMatchObject({ code: 'no-credentials', status: 401, digest: 'tokenward-401' })
    pool.jwks.fail({ status: 503 })
    const fresh = await orders({ tokenCookie })
    fresh.pool.jwks.fail({ status: 503 })
    const request = routeRequest('/', { token: await fresh.pool.accessToken() })
    const unchecked = await rejection(inRequest(request, () => fresh.auth.requireAuth()))
    expect(unchecked).toBeInstanceOf(TokenUncheckedError)
    expect(unchecked).toMatchObject({ status: 503, digest: 'tokenward-503' })
  })

  it('redirects whoever has to sign in, and nobody else', async () => {
    const { auth, page, pool } = await signedIn()
    const options = { onRefused: '/sign-in' }
    const digestOf = async (request: Request, run: () => Promise<unknown>) =>
      ((await rejection(inRequest(request, run))) as { digest: string }).digest
    expect(await digestOf(routeRequest('/'), () => auth.requireAuth({}, options))).toContain(
      'NEXT_REDIRECT;replace;/sign-in',
    )
    expect(await digestOf(page(), () => auth.requireAuth({ groups: ['admins'] }, options))).toBe('tokenward-403')
    const fresh = await orders({ tokenCookie })
    fresh.pool.jwks.fail({ status: 503 })
    const request = routeRequest('/', { token: await fresh.pool.accessToken() })
    expect(await digestOf(request, () => fresh.auth.requireAuth({}, options))).toBe('tokenward-503')
    const signedOut = routeRequest('/', { cookies: { '__Host-at': '' } })
    expect(await digestOf(signedOut, () => auth.requireAuth({}, options))).toContain('NEXT_REDIRECT')
    const byReason = { onRefused: ({ status }: { status: number }) => (status === 403 ? '/forbidden' : undefined) }
    expect(await digestOf(page(), () => auth.requireAuth({ groups: ['admins'] }, byReason))).toContain(';/forbidden;')
    expect(await digestOf(routeRequest('/'), () => auth.requireAuth({}, byReason))).toBe('tokenward-401')
    expect(pool.jwks.hits).toBe(1)
  })

  it('leads to no other host by mistake', async () => {
    const { auth } = await signedIn()
    for (const wrong of [
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/\n\\evil.example',
      '/..//evil.example',
      '/.//evil.example',
      '/a/../\\evil.example',
      'http://evil.example',
      'https://login.example\r\nset-cookie: a=b',
      'sign-in',
      'javascript:1',
      '',
      7,
    ]) {
      const error = await rejection(
        inRequest(routeRequest('/'), () => auth.requireAuth({}, { onRefused: wrong as never })),
      )
      expect(error, String(wrong)).toMatchObject({ option: 'requireAuth.onRefused' })
    }
    const answered = await rejection(
      inRequest(routeRequest('/'), () => auth.requireAuth({}, { onRefused: () => '//evil.example' })),
    )
    expect(answered).toBeInstanceOf(ConfigurationError)
  })

  it('takes no cookie of a request that another site has the browser send, unless it only navigates', async () => {
    const { auth, page } = await signedIn()
    const isLetIn = (headers: Record<string, string>) =>
      inRequest(page(headers), () => auth.currentPrincipal()).then((principal) => principal !== undefined)
    expect(await isLetIn({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(true)
    expect(await isLetIn(SAME_ORIGIN)).toBe(true)
    expect(await isLetIn(CROSS_SITE)).toBe(false)
    expect(await isLetIn({ ...CROSS_SITE, 'next-action': '40a' })).toBe(false)
    expect(await isLetIn({ 'next-action': '40a' })).toBe(false)
    expect(await isLetIn({ origin: 'null' })).toBe(false)
  })

  it('verifies the token once for each request, and decides each policy', async () => {
    const { auth, page, api } = await signedIn()
    let presented = 0
    const counting = createNextAuth(
      { ...api, present: (...given) => ((presented += 1), api.present(...given)) },
      { tokenCookie },
    )
    await inRequest(page(), async () => {
      await Promise.all([counting.requireAuth(reading), counting.requireAuth(reading), counting.currentPrincipal()])
      await expect(counting.requireAuth({ scopes: ['orders/write'] })).rejects.toMatchObject({ code: 'scope-missing' })
    })
    // The request as it came, and with the token of its cookie.
    expect(presented).toBe(2)
    await inRequest(page(), () => counting.requireAuth(reading))
    expect(presented).toBe(4)
    expect((await inRequest(page(), () => auth.requireAuth())).subject).toBe('u1')
  })

  it('asks about the token once for each request, however many components want to know', async () => {
    const { auth, page, pool } = await signedIn({ scopes: ['orders/read', 'aws.cognito.signin.user.admin'] })
    const live = definePolicy({ maxRevocationLag: '0s' })
    await inRequest(page(), async () => {
      await auth.requireAuth(live)
      await auth.requireAuth(live)
      await auth.requireAuth({ scopes: ['orders/read'], maxRevocationLag: '0s' })
    })
    expect(pool.getUser.hits).toBe(1)
    await inRequest(page(), () => auth.requireAuth(live))
    expect(pool.getUser.hits).toBe(2)
  })

  it('sees a revocation between two policies of one request', async () => {
    const { auth, page, api } = await signedIn()
    await inRequest(page(), async () => {
      const principal = await auth.requireAuth(reading)
      await api.signOut(principal, { tell: async () => undefined, ends: 'token' })
      await expect(auth.requireAuth(reading)).rejects.toMatchObject({ code: 'token-revoked', status: 401 })
    })
  })

  it('hands the parameters of the page to the functions of a policy', async () => {
    const ids: unknown[] = []
    const api = asPrincipal(
      { sub: 'u1' },
      { decisionPoint: { decide: ({ resource }) => (ids.push(resource?.id), { decision: 'permit' }) } },
    )
    const auth = createNextAuth(api)
    const policy = definePolicy({
      action: 'read',
      resource: ({ request }) => ({ type: 'Order', id: String(request?.params?.['id']) }),
    })
    await inRequest(routeRequest('/'), async () => {
      await auth.requireAuth(policy, { params: { id: '7' } })
      await auth.requireAuth(policy, { params: { id: '8' } })
    })
    expect(ids).toStrictEqual(['7', '8'])
  })

  it('is told what is wrong', async () => {
    const { auth, page } = await signedIn()
    const fails = async (run: () => Promise<unknown>, message: string) =>
      expect(inRequest(page(), run)).rejects.toThrow(message)
    await fails(() => auth.requireAuth(undefined), 'requireAuth was given a policy that is undefined')
    await fails(() => auth.requireAuth({}, { redirect: '/sign-in' } as never), 'requireAuth.redirect is not an option')
    const params = Promise.resolve({ id: '7' })
    await fails(() => auth.requireAuth({}, { params } as never), 'requireAuth.params must be an object: await')
    await fails(() => auth.requireAuth({}, { params: null } as never), 'requireAuth.params must be an object')
  })

  it('takes no policy that only a whole request can meet', async () => {
    const { auth, page } = await signedIn()
    const demanding = { senderConstrained: 'required' } as never
    await expect(inRequest(page(), () => auth.requireAuth(demanding))).rejects.toThrow(
      "policy.senderConstrained cannot be 'required' in server code",
    )
  })
})

describe('currentPrincipal', () => {
  it('is undefined for whoever has no token, or none that counts', async () => {
    const { auth, pool, page } = await signedIn()
    const current = () => auth.currentPrincipal()
    expect((await inRequest(page(), current))?.subject).toBe('u1')
    expect(await inRequest(routeRequest('/'), current)).toBeUndefined()
    expect(await inRequest(routeRequest('/', { token: await pool.forged.expired() }), current)).toBeUndefined()
  })

  it('takes nobody for signed out while tokens cannot be checked', async () => {
    const { auth, pool, page } = await signedIn()
    pool.jwks.fail({ status: 503 })
    await expect(inRequest(page(), () => auth.currentPrincipal())).rejects.toBeInstanceOf(TokenUncheckedError)
  })
})

describe("inside 'use cache'", () => {
  it.each(['cache', 'unstable-cache'])('of type %s both say why they cannot be called', async (type) => {
    const { auth } = await signedIn()
    await inRequest(routeRequest('/'), () => undefined)
    const cached = <Result>(run: () => Result) =>
      workAsyncStorage.run({ route: '/orders' } as never, () =>
        workUnitAsyncStorage.run({ type, phase: 'render' } as never, run),
      )
    for (const [name, call] of [
      ['requireAuth', () => auth.requireAuth()],
      ['currentPrincipal', () => auth.currentPrincipal()],
    ] as const) {
      const error = await rejection(cached(call))
      expect(error).toBeInstanceOf(ConfigurationError)
      expect((error as Error).message).toMatch(new RegExp(`^${name}\\(\\) cannot be called inside 'use cache'`))
      expect((error as Error).message).toContain('hand principal.subject to the cached function')
    }
  })

  it('that is private, Next.js lets both run, on the request it belongs to', async () => {
    const { auth, page } = await signedIn()
    const { headers, cookies } = page()
    await inRequest(page(), () => undefined)
    const shown = workAsyncStorage.run({ route: '/orders' } as never, () =>
      workUnitAsyncStorage.run({ type: 'private-cache', phase: 'render', headers, cookies } as never, async () => [
        await auth.requireAuth(reading),
        await auth.currentPrincipal(),
      ]),
    )
    expect((await shown).map((principal) => principal?.subject)).toStrictEqual(['u1', 'u1'])
  })

  it('errors of Next.js about anything else pass as they are', async () => {
    const { auth } = await signedIn()
    const error = await rejection(auth.requireAuth())
    expect((error as Error).message).toContain('outside a request scope')
  })
})

it('a page that is forced to be static is refused when it is built', async () => {
  const { auth, page } = await signedIn()
  await inRequest(page(), () => undefined)
  const { headers, cookies } = page()
  const built = workAsyncStorage.run({ route: '/orders', forceStatic: true } as never, () =>
    workUnitAsyncStorage.run({ type: 'prerender-legacy', phase: 'render', headers, cookies } as never, () =>
      auth.requireAuth(reading),
    ),
  )
  expect(await rejection(built)).toMatchObject({ code: 'no-credentials', digest: 'tokenward-401' })
})
