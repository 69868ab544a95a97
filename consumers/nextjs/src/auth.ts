import {
  amplifyCookies,
  cognitoUserPool,
  createNextAuth,
  createResourceServer,
  definePolicy,
  perProcess,
} from '@tokenward/nextjs'
import { createProxy } from '@tokenward/nextjs/proxy'
import { amplifySession, asPrincipal, inRequest, routeContext, routeRequest } from '@tokenward/nextjs/testing'

// Exported without annotations: every type they mention must have a name in this one package, the only one installed.
export const api = perProcess('api', () =>
  createResourceServer({ issuers: [cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })] }),
)
export const cookie = amplifyCookies({ clientId: 'web' })
export const auth = createNextAuth(api, { tokenCookie: cookie })
export const { withAuth, withOptionalAuth, withAuthApi, requireAuth, currentPrincipal } = auth
export const reading = definePolicy({ scopes: ['orders/read'] })
export const GET = withAuth(reading, (_request, { principal }) => Response.json(principal))
export const HEAD = withOptionalAuth({}, (_request, who) => Response.json(who.principal ?? null))
export const legacy = withAuthApi(reading, (_request, response, { principal }) => response.json(principal))
export const orders = async () => ({ of: await requireAuth(reading), shown: await currentPrincipal() })
export const proxy = auth.createProxy({ rules: [{ path: '/orders', policy: reading, onRefused: '/sign-in' }] })
export const middleware = createProxy(api, { rules: [{ path: '/orders' }], tokenCookie: cookie })
export const session = amplifySession({ clientId: 'web', accessToken: 'a' })
export const request = routeRequest('/orders', { cookies: session })
export const context = routeContext({ id: '7' })
export const asAnn = createNextAuth(asPrincipal({ sub: 'ann' }))
export const called = () => inRequest(request, () => asAnn.requireAuth())
