import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { JwtInvalidClaimError, JwtInvalidSignatureError, JwtParseError } from 'aws-jwt-verify/error'
import type { Fetcher } from 'aws-jwt-verify/https'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import type { RequestListener } from 'node:http'

const aboutTokens = [JwtParseError, JwtInvalidClaimError, JwtInvalidSignatureError]

interface OrdersApiOptions {
  readonly userPoolId: string
  readonly clientId: string
  /** What AWS is asked with, for the keys. */
  readonly fetcher: Fetcher
}

/** An API that verifies tokens with aws-jwt-verify, and knows nothing of the testkit. */
export function ordersApi({ userPoolId, clientId, fetcher }: OrdersApiOptions): RequestListener {
  const verifier = CognitoJwtVerifier.create(
    { userPoolId, clientId, tokenUse: 'access' },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  )
  return async (request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const answer = (status: number, error?: string) => {
      const challenge = ['Bearer realm="orders"', ...(error === undefined ? [] : [`error="${error}"`])].join(', ')
      response.writeHead(status, { 'www-authenticate': challenge, 'content-type': 'application/json' })
      response.end(JSON.stringify({ error }))
    }
    if (token === undefined) return answer(401)
    try {
      const { sub, scope } = await verifier.verify(token)
      if (!scope.split(' ').includes('orders/read')) return answer(403, 'insufficient_scope')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sub }))
    } catch (error) {
      const isAboutToken = aboutTokens.some((kind) => error instanceof kind)
      if (isAboutToken) return answer(401, 'invalid_token')
      response.writeHead(503).end()
    }
  }
}
