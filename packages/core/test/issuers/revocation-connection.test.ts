import type { RequestListener } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHttpClient } from '#http-client'
import { type ClientAuthentication, clientSecretBasic, tlsClientAuth } from '../../src/index.js'
import { connectRevocation } from '../../src/issuers/revocation-connection.js'
import { createDiscovery } from '../../src/keys/discovery.js'
import { json, type LoopbackServer, loopbackServer, pathsAskedFor } from '../support/loopback-server.js'
import { manualClock } from '../support/manual-clock.js'

const metadataOf = (url: string) => ({ issuer: url, revocation_endpoint: `${url}/revoke` })

interface Given {
  readonly clientAuthentication?: ClientAuthentication
  /** Whether the address is given, too. */
  readonly isFixed?: boolean
  readonly metadata?: (url: string) => unknown
  readonly answer?: RequestListener
}

/** A server that says where it revokes, and does. */
async function setUp({ clientAuthentication, isFixed = false, metadata = metadataOf, answer = json('') }: Given = {}) {
  const forms: string[] = []
  const server: LoopbackServer = await loopbackServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    if (request.url?.startsWith('/.well-known/')) return json(metadata(server.url))(request, response)
    forms.push(body)
    return answer(request, response)
  })
  const http = createHttpClient()
  onTestFinished(() => http.close())
  const clock = manualClock()
  const parts = { issuer: server.url, timeout: 2_000 }
  const signOut = connectRevocation(
    { endpoint: isFixed ? `${server.url}/fixed` : undefined, clientAuthentication },
    { http, clock, emit() {} },
    { ...parts, discovery: createDiscovery({ http, clock, ...parts, allowInsecureLoopback: true }) },
  )
  return { server, forms, clock, signOut }
}

const web = { clientId: 'web', clientSecret: undefined }

describe('the revocation endpoint', () => {
  it('is looked up once, and not before it is needed', async () => {
    const { server, signOut } = await setUp()
    const notice = signOut.withRefreshToken('r', web)
    expect(pathsAskedFor(server)).toStrictEqual([])
    await notice.tell()
    await signOut.withAccessToken('a', { ...web, scopes: [] }).tell()
    expect(pathsAskedFor(server)).toStrictEqual(['/.well-known/oauth-authorization-server', '/revoke', '/revoke'])
  })

  it('is looked up again once nothing is served there', async () => {
    const { server, clock, signOut } = await setUp({ answer: json('', 404) })
    const notice = signOut.withRefreshToken('r', web)
    await expect(notice.tell()).rejects.toMatchObject({ code: 'unexpected-status', httpStatus: 404 })
    clock.advance(2_000)
    await expect(notice.tell()).rejects.toThrow()
    await expect(notice.tell()).rejects.toThrow()
    expect(pathsAskedFor(server).filter((path) => path?.startsWith('/.well-known/'))).toHaveLength(2)
  })

  it('is not looked up where it is given', async () => {
    const { server, signOut } = await setUp({ isFixed: true })
    await signOut.withRefreshToken('r', web).tell()
    expect(pathsAskedFor(server)).toStrictEqual(['/fixed'])
  })

  it('is another for a client that presents a certificate', async () => {
    const { server, signOut } = await setUp({
      clientAuthentication: tlsClientAuth({ clientId: 'web' }),
      metadata: (url) => ({ ...metadataOf(url), mtls_endpoint_aliases: { revocation_endpoint: `${url}/mtls` } }),
    })
    await signOut.withRefreshToken('r', web).tell()
    expect(pathsAskedFor(server)).toContain('/mtls')
  })

  it('that the metadata does not have fails the attempt, by the name of the option', async () => {
    const { signOut } = await setUp({ metadata: (url) => ({ issuer: url }) })
    await expect(signOut.withRefreshToken('r', web).tell()).rejects.toThrow('give it as revocation.endpoint')
  })
})

describe('the client that revokes', () => {
  it('is the one that the token was issued to, by its id alone', async () => {
    const { server, forms, signOut } = await setUp()
    await signOut.withRefreshToken('r', web).tell()
    expect(forms).toStrictEqual(['token=r&token_type_hint=refresh_token&client_id=web'])
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('authorization')
  })

  it('shows the secret that came with the sign-out', async () => {
    const { server, forms, signOut } = await setUp({ clientAuthentication: clientSecretBasic('api', 'other') })
    await signOut.withAccessToken('a', { clientId: 'web', clientSecret: 's3cret', scopes: [] }).tell()
    expect(forms).toStrictEqual(['token=a&token_type_hint=access_token'])
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Basic ${btoa('web:s3cret')}`)
  })

  it('is the one of the option', async () => {
    const { server, signOut } = await setUp({ clientAuthentication: clientSecretBasic('api', 's3cret') })
    await signOut.withRefreshToken('r', { clientId: undefined, clientSecret: undefined }).tell()
    expect(server.requests.at(-1)?.headers.authorization).toBe(`Basic ${btoa('api:s3cret')}`)
  })

  it('has to be known before anything is done', async () => {
    const { server, signOut } = await setUp()
    for (const clientSecret of [undefined, 's3cret']) {
      expect(() => signOut.withRefreshToken('r', { clientId: undefined, clientSecret })).toThrow(
        'authorizationServer.revocation.clientAuthentication is needed to sign out here',
      )
    }
    expect(server.requests).toStrictEqual([])
  })
})

it('a refresh token stands for its login, or else for the access token; an access token for itself', async () => {
  const { signOut } = await setUp()
  expect(signOut.withRefreshToken('r', web).kinds).toStrictEqual(['login', 'token'])
  expect(signOut.withAccessToken('a', { ...web, scopes: [] }).kinds).toStrictEqual(['token'])
})
