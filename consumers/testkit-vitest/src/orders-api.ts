import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

/** An API that verifies tokens with jose, and knows nothing of the testkit. */
export function ordersApi(issuer: string): (request: Request) => Promise<Response> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), { cooldownDuration: 0 })
  return async (request) => {
    const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
    if (token === undefined) return denied(401, 'Bearer realm="orders"')
    try {
      const { payload } = await jwtVerify(token, keys, { issuer })
      const scopes = String(payload['scope']).split(' ')
      if (scopes.includes('orders/read')) return Response.json({ sub: payload.sub })
      return denied(403, 'Bearer realm="orders", error="insufficient_scope", scope="orders/read"')
    } catch (error) {
      const isAboutToken = error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC'
      if (isAboutToken) return denied(401, 'Bearer realm="orders", error="invalid_token"')
      return new Response(null, { status: 503, headers: { 'retry-after': '1' } })
    }
  }
}

function denied(status: number, challenge: string): Response {
  return new Response(null, { status, headers: { 'www-authenticate': challenge } })
}
