import https from 'node:https'
import { onTestFinished } from 'vitest'
import type { FakeAuthorizationServer, FakeCognito } from '../../src/index.js'

type Fake = Pick<FakeCognito | FakeAuthorizationServer, 'fetch' | 'listen' | 'serve' | 'close'>

export type Call = (url: string, init?: RequestInit) => Promise<Response>

export type Door = 'fetch' | 'listen' | 'serve'

/** Each door of a fake, as a function that calls a public address through it. */
export const doors: Readonly<Record<Door, (fake: Fake) => Promise<Call>>> = {
  fetch: async (fake) => fake.fetch,
  async listen(fake) {
    onTestFinished(() => fake.close())
    await fake.listen()
    return fetch
  },
  async serve(fake) {
    onTestFinished(() => fake.close())
    const { url: origin } = await fake.serve()
    return (url, init) => {
      const { pathname, search } = new URL(url)
      return fetch(origin + pathname + search, init)
    }
  },
}

/** Posts through `node:https`, as clients do that know nothing of `fetch`. */
export function postByHttps(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const request = https.request(url, { method: 'POST', headers }, async (response) => {
      let text = ''
      for await (const chunk of response) text += String(chunk)
      resolve({ status: response.statusCode, body: text })
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** A call of the user pools API, as the AWS SDK makes it. */
export function operation(name: string, input: object): RequestInit & { readonly headers: Record<string, string> } {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${name}`,
    },
    body: JSON.stringify(input),
  }
}

/** What there is to see of an answer of the user pools API. */
export interface ApiAnswer {
  readonly status: number
  /** The exception, without the colon that Cognito puts behind it; `undefined` without one. */
  readonly exception: string | undefined
  readonly body: Readonly<Record<string, unknown>>
}

/** Calls an operation through the fetch of a pool. */
export async function callOperation(
  pool: FakeCognito,
  name: string,
  input: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const init = operation(name, input)
  const response = await pool.fetch(pool.getUser.url, { ...init, headers: { ...init.headers, ...headers } })
  const exception = response.headers.get('x-amzn-errortype')?.replace(/:$/, '')
  return { status: response.status, exception, body: (await response.json()) as ApiAnswer['body'] }
}

/** Whether the pool still takes an access token. */
export async function isAlive(pool: FakeCognito, AccessToken: string): Promise<boolean> {
  return (await callOperation(pool, 'GetUser', { AccessToken })).status === 200
}

/** A form, as OAuth endpoints take it. */
export function form(
  parameters: Record<string, string>,
  headers: Readonly<Record<string, string>> = {},
): RequestInit & { readonly headers: Record<string, string> } {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(parameters).toString(),
  }
}

export function basic(id: string, secret: string): { readonly authorization: string } {
  return { authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}` }
}
