import { createHash, randomBytes } from 'node:crypto'
import { cookies } from 'next/headers'
import { settings } from './settings'

/** Cookies of this application. On https they would have the prefix `__Host-`. */
export const ACCESS_TOKEN = 'access-token'
const REFRESH_TOKEN = 'refresh-token'
const PENDING = 'pending-sign-in'

const SCOPES = 'openid aws.cognito.signin.user.admin orders/read orders/write'

/** Begins a sign-in (RFC 6749 §4.1 with PKCE, RFC 7636): the address of the page to sign in on. */
export async function beginSignIn(): Promise<URL> {
  const { clientId, poolUrl } = settings()
  const [state, verifier] = [random(), random()]
  await keep(PENDING, `${state}.${verifier}`, 600)
  const page = new URL('/oauth2/authorize', poolUrl)
  page.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callback(),
    scope: SCOPES,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  return page
}

/** Ends it: the code becomes tokens, which no script of the page can read. */
export async function completeSignIn(answer: URLSearchParams): Promise<boolean> {
  const jar = await cookies()
  const [state, verifier] = jar.get(PENDING)?.value.split('.') ?? []
  jar.delete(PENDING)
  const code = answer.get('code')
  if (code === null || verifier === undefined || answer.get('state') !== state) return false
  const tokens = await tokenRequest({ code, code_verifier: verifier })
  if (tokens === undefined) return false
  await keep(ACCESS_TOKEN, tokens.access_token, tokens.expires_in)
  await keep(REFRESH_TOKEN, tokens.refresh_token, 30 * 86_400)
  return true
}

/** What a sign-out needs of the session, which ends here. */
export async function endSession(): Promise<string | undefined> {
  const jar = await cookies()
  const refreshToken = jar.get(REFRESH_TOKEN)?.value
  for (const name of [ACCESS_TOKEN, REFRESH_TOKEN]) jar.delete(name)
  return refreshToken
}

/** Has Cognito end the login, and tells this application nothing: as an administrator elsewhere would. */
export async function revokeAtCognito(): Promise<boolean> {
  const { clientId, poolUrl } = settings()
  const token = (await cookies()).get(REFRESH_TOKEN)?.value
  if (token === undefined) return false
  const body = new URLSearchParams({ token, client_id: clientId })
  return (await fetch(new URL('/oauth2/revoke', poolUrl), { method: 'POST', body, cache: 'no-store' })).ok
}

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
}

async function tokenRequest(grant: Readonly<Record<string, string>>): Promise<Tokens | undefined> {
  const { clientId, poolUrl } = settings()
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: callback(),
    ...grant,
  })
  const response = await fetch(new URL('/oauth2/token', poolUrl), { method: 'POST', body, cache: 'no-store' })
  return response.ok ? ((await response.json()) as Tokens) : undefined
}

async function keep(name: string, value: string, maxAge: number): Promise<void> {
  const secure = settings().origin.startsWith('https:')
  const jar = await cookies()
  jar.set(name, value, { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge })
}

function callback(): string {
  return new URL('/auth/callback', settings().origin).href
}

function random(): string {
  return randomBytes(32).toString('base64url')
}
