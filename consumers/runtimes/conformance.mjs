// Runs the conformance suite with the packages as they were packed, and with the test runner of Node.
import { after, describe, it } from 'node:test'
import { authorizationServer, clientSecretBasic, createResourceServer } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { conformance } from '@tokenward/testkit/conformance'

const insecure = { allowInsecureLoopback: true }

function issuerOf(issuer) {
  if (issuer.kind === 'cognito') {
    const { userPoolId, clientId, endpoint } = issuer
    return cognitoUserPool({ userPoolId, clientId, endpoint, ...insecure })
  }
  const { audience, opaqueTokens, introspection } = issuer
  const clientAuthentication = clientSecretBasic(introspection.clientId, introspection.clientSecret)
  return authorizationServer({
    issuer: issuer.issuer,
    audience,
    opaqueTokens,
    introspection: { clientAuthentication },
    ...insecure,
  })
}

function start({ realm, clock, issuers, routes, cors }) {
  const api = createResourceServer({ realm, clock, issuers: issuers.map(issuerOf) })

  async function answer(request) {
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const route = routes.find((candidate) => `/${candidate.name}` === new URL(request.url).pathname)
    if (route?.method !== method) return new Response(null, { status: 404 })
    const presented = route.access === 'public' ? undefined : await api.present(request)
    const isAnonymous = route.access === 'optional' && presented.credentials === 'none'
    if (presented === undefined || isAnonymous) return Response.json({ route: route.name, principal: null })
    const { outcome, principal, status, headers, body } = await presented.authorize(route.policy)
    if (outcome !== 'granted') return Response.json(body, { status, headers })
    if (route.answers === 'error') throw new Error('An error of the handler')
    return Response.json({ route: route.name, principal })
  }

  async function fetch(request) {
    const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method')
    const response = isPreflight ? new Response(null, { status: 204 }) : await answer(request)
    const headers = new Headers(response.headers)
    headers.set('access-control-allow-origin', cors.origin)
    headers.set('access-control-allow-headers', cors.allowedHeaders.join(', '))
    headers.set('access-control-expose-headers', cors.exposedHeaders.join(', '))
    return new Response(request.method === 'HEAD' ? null : response.body, { status: response.status, headers })
  }

  return { fetch, close: () => api.close() }
}

conformance({ name: 'core, packed', start, capabilities: ['step-up'] }).register({ describe, it, after })
