import type { AppClient } from './app-clients.js'
import { type AuthenticationLevel, levelAskedFor } from './authentication-levels.js'
import type { Pool } from './pool.js'
import { isResourceIndicator } from './resource-indicator.js'

/** What a client asks `/oauth2/authorize` for, once that is known to be in order. */
export interface AuthorizationRequest {
  readonly client: AppClient
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string | undefined
  readonly nonce: string | undefined
  /** PKCE, S256 (RFC 7636 §4.2). */
  readonly codeChallenge: string | undefined
  /** RFC 8707 §2: what becomes `aud`. */
  readonly resource: string | undefined
  readonly level: AuthenticationLevel | undefined
  /** Seconds since the sign-in. */
  readonly maxAge: number | undefined
  readonly prompt: readonly string[]
  readonly loginHint: string
}

/** Where there is nowhere to redirect to, the user is told on a page (RFC 6749 §4.1.2.1). */
interface UnusableRequest {
  readonly page: 'invalid_request' | 'redirect_mismatch'
  readonly clientId: string | undefined
}

/** What the client is told at its redirect URI. */
export interface RefusedRequest {
  readonly redirectUri: string
  readonly error: Readonly<Record<'error' | 'error_description' | 'state', string | undefined>>
}

export type ReadRequest = AuthorizationRequest | UnusableRequest | RefusedRequest

export function readAuthorizationRequest(pool: Pool, parameters: ReadonlyMap<string, string> | undefined): ReadRequest {
  if (parameters === undefined) return { page: 'invalid_request', clientId: undefined }
  const client = pool.clients.find(parameters.get('client_id'))
  if (client === undefined) return { page: 'invalid_request', clientId: parameters.get('client_id') }
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === undefined || !client.redirectUris.includes(redirectUri)) {
    return { page: 'redirect_mismatch', clientId: client.clientId }
  }
  const state = parameters.get('state')
  const refused = (error: string, description?: string): RefusedRequest => ({
    redirectUri,
    error: { error, error_description: description, state },
  })
  const responseType = parameters.get('response_type')
  // No client of the fake has the implicit grant.
  if (responseType === 'token') return refused('unauthorized_client')
  if (responseType !== 'code') return refused('invalid_request')
  const scopes = readScopes(client, parameters.get('scope'))
  // This is how it arrives, whatever the documentation says of `invalid_scope`.
  if (scopes === undefined) return refused('invalid_request', 'invalid_scope')
  const codeChallenge = readChallenge(parameters)
  const resource = readResource(parameters.get('resource'))
  const maxAge = readMaxAge(parameters.get('max_age'))
  const level = readLevel(parameters.get('acr_values'))
  const prompt = readPrompt(parameters.get('prompt'))
  if (codeChallenge === null || resource === null || maxAge === null || level === null || prompt === null) {
    return refused('invalid_request')
  }
  const nonce = parameters.get('nonce')
  const loginHint = parameters.get('login_hint') ?? ''
  return { client, redirectUri, scopes, state, nonce, codeChallenge, resource, level, maxAge, prompt, loginHint }
}

/** All of the client's when none is asked for. Those about the user belong to an ID token. */
function readScopes(client: AppClient, scope: string | undefined): readonly string[] | undefined {
  if (scope === undefined || scope === '') return client.scopes
  const scopes = [...new Set(scope.split(' '))]
  const needsOpenid = scopes.some((name) => name === 'email' || name === 'phone' || name === 'profile')
  if (needsOpenid && !scopes.includes('openid')) return undefined
  return scopes.every((name) => client.scopes.includes(name)) ? scopes : undefined
}

/** `null` for one that is wrong: S256 is the only method, and must be named. */
function readChallenge(parameters: ReadonlyMap<string, string>): string | undefined | null {
  const [challenge, method] = [parameters.get('code_challenge'), parameters.get('code_challenge_method')]
  if (challenge === undefined && method === undefined) return undefined
  return method === 'S256' && challenge !== undefined && /^[\w-]{43}$/.test(challenge) ? challenge : null
}

function readResource(resource: string | undefined): string | undefined | null {
  return resource === undefined || isResourceIndicator(resource) ? resource : null
}

function readMaxAge(maxAge: string | undefined): number | undefined | null {
  if (maxAge === undefined) return undefined
  return /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : null
}

function readLevel(acrValues: string | undefined): AuthenticationLevel | undefined | null {
  return acrValues === undefined ? undefined : (levelAskedFor(acrValues) ?? null)
}

/** OpenID Connect Core §3.1.2.1: `none` stands alone. */
function readPrompt(prompt: string | undefined): readonly string[] | null {
  const values = prompt?.split(' ') ?? []
  return values.includes('none') && values.length > 1 ? null : values
}
