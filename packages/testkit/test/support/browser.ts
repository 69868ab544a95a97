import { createHash } from 'node:crypto'
import { type FakeCognito, fakeCognito, type FakeCognitoOptions } from '../../src/index.js'
import type { Call } from './doors.js'
import { form } from './doors.js'

export const CALLBACK = 'http://localhost:3000/callback'
export const ANN = { username: 'ann', password: 'correct horse', email: 'ann@acme.example', groups: ['staff'] } as const

export const WEB = { clientId: 'web', redirectUris: [CALLBACK], logoutUris: ['https://app.example/bye'] } as const

/** A pool with somebody to sign in, and an application to sign in to. */
export function poolWithApplication(options: Omit<FakeCognitoOptions, 'resourceServers'> = {}): Promise<FakeCognito> {
  return fakeCognito({ clients: [WEB], users: [ANN], resourceServers: { orders: ['read', 'write'] }, ...options })
}

export const VERIFIER = 'v'.repeat(43)
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

/** A query for `/oauth2/authorize`; `undefined` leaves a parameter out. */
export function query(more: Readonly<Record<string, string | undefined>> = {}): string {
  const parameters = { response_type: 'code', client_id: 'web', redirect_uri: CALLBACK, scope: 'openid', ...more }
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.append(name, value)
  return `?${search}`
}

/** As much of a browser as the pages need: it keeps one cookie, and shows where it is redirected to. */
export function browserOf(pool: FakeCognito, call: Call = pool.fetch) {
  let cookie = ''
  async function go(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), ...(cookie !== '' && { cookie }) }
    const response = await call(pool.domain + path, { ...init, headers, redirect: 'manual' })
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return response
  }
  const submit = (search: string, fields: Record<string, string>) => go(`/login${search}`, form(fields))
  return {
    go,
    submit,
    authorize: (more?: Readonly<Record<string, string | undefined>>) => go(`/oauth2/authorize${query(more)}`),
    /** Signs in by the form; the whole way to the redirect. */
    signIn: (more?: Readonly<Record<string, string | undefined>>, fields: Record<string, string> = {}) =>
      submit(query(more), { username: ANN.username, password: ANN.password, ...fields }),
  }
}

/** What a redirect tells the application. */
export function told(response: Response): Readonly<Record<string, string>> {
  const location = response.headers.get('location')
  if (location === null) throw new Error(`No redirect: ${response.status}`)
  return Object.fromEntries(new URL(location, 'https://here.example').searchParams)
}

/** Redeems at `/oauth2/token`. */
export async function tokenRequest(
  pool: FakeCognito,
  parameters: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
) {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const response = await pool.fetch(pool.token.url, form(Object.fromEntries(given), headers))
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, string>>, response }
}

export function codeRequest(code: string | undefined, more: Readonly<Record<string, string | undefined>> = {}) {
  return { grant_type: 'authorization_code', client_id: 'web', redirect_uri: CALLBACK, code, ...more }
}
