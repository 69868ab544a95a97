import type { RequestListener } from 'node:http'
import { onTestFinished } from 'vitest'
import { createHttpClient } from '#http-client'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import type { HttpClient } from '../../src/transport/http-client.js'
import { json, type LoopbackServer, loopbackServer } from './loopback-server.js'

/** A server that answers once the whole request is there, and keeps what was sent. */
export interface CognitoServer extends Pick<LoopbackServer, 'url' | 'requests' | 'answer'> {
  readonly bodies: readonly string[]
  /** To reach it with. */
  readonly http: HttpClient
}

export async function cognitoServer(answer: RequestListener = json(getUserAnswer())): Promise<CognitoServer> {
  const bodies: string[] = []
  const current = { answer }
  const { url, requests } = await loopbackServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      bodies.push(body)
      current.answer(request, response)
    })
  })
  const http = createHttpClient()
  onTestFinished(() => http.close())
  return Object.assign(current, { url, requests, bodies, http })
}

/** What `GetUser` answers about a user. */
export function getUserAnswer(subject = 'user-1') {
  return {
    Username: 'somebody',
    UserAttributes: [
      { Name: 'email', Value: 'somebody@example.com' },
      { Name: 'sub', Value: subject },
    ],
  }
}

/** An error of the Cognito API. */
export function cognitoError(name: string, status = 400): RequestListener {
  return json({ __type: name, message: 'why' }, status, { 'content-type': 'application/x-amz-json-1.1' })
}

/** Breaks the connection. */
export const brokenConnection: RequestListener = (_, response) => void response.destroy()

/** What is known of the access token of a user. A claim of value `undefined` is left out. */
export function userFacts({
  scopes = ['aws.cognito.signin.user.admin'],
  subject = 'user-1',
  clientId = 'web',
  claims = {},
}: {
  readonly scopes?: readonly string[]
  readonly subject?: string
  readonly clientId?: string
  readonly claims?: Readonly<Record<string, unknown>>
} = {}): TokenFacts {
  const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1'
  const all = {
    iss: issuer,
    sub: subject,
    exp: 3_600,
    token_use: 'access',
    username: 'somebody',
    origin_jti: 'login-1',
    ...claims,
  }
  return {
    issuer,
    subject,
    clientId,
    scopes,
    groups: [],
    claims: Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    ) as unknown as TokenFacts['claims'],
    expiresAt: 3_600_000,
    issuedAt: 0,
  }
}
