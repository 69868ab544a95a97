import { auth, requiredScopes } from 'express-oauth2-jwt-bearer'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, SCOPE } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

/** Its two middlewares, called as Express calls them. */
export const prepare: Prepare<VerificationSetup> = async ({ tokens, algorithm, endpoint }) => {
  const jwksUri = `${endpoint}/.well-known/jwks.json`
  const authenticate = auth({ issuer: ISSUER, jwksUri, audience: AUDIENCE, tokenSigningAlg: algorithm })
  const authorize = requiredScopes(SCOPE)
  return async (index) => {
    const request = new ExpressRequest(`Bearer ${tokens[index % tokens.length]}`)
    await passing((next) => authenticate(request as never, {} as never, next))
    await passing((next) => authorize(request as never, {} as never, next))
  }
}

/** What the middlewares read of a request of Express. */
export class ExpressRequest {
  readonly method = 'GET'
  readonly url = '/orders'
  readonly originalUrl = '/orders'
  readonly protocol = 'https'
  readonly query = {}
  readonly body = {}
  readonly headers: Readonly<Record<string, string>>

  constructor(authorization: string, more: Readonly<Record<string, string>> = {}) {
    this.headers = { host: 'api.example.com', authorization, ...more }
  }

  get(name: string): string | undefined {
    return this.headers[name.toLowerCase()]
  }

  is(): false {
    return false
  }
}

export function passing(middleware: (next: (error?: unknown) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    middleware((error) => (error === undefined ? resolve() : reject(error)))
  })
}
