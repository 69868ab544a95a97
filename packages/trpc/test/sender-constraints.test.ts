import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { certificateAuthority, dpopKey, fakeAuthorizationServer } from '@tokenward/testkit'
import { initTRPC } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  authErrorFormatter,
  authorizationServer,
  authResponseMeta,
  certificateBound,
  createAuthPlugin,
  createResourceServer,
  dpop,
  type RequestSource,
} from '../src/index.js'
import { overStandalone } from './support/transports.js'

const PUBLIC_URL = 'https://api.example'

async function setUp() {
  const server = await fakeAuthorizationServer({ served: true })
  onTestFinished(() => server.close())
  const { issuer, clock } = server
  const api = createResourceServer({
    issuers: [authorizationServer({ issuer, audience: 'https://api.example', allowInsecureLoopback: true })],
    senderConstraints: [dpop({ publicUrl: PUBLIC_URL, nonce: { secret: 'thirty-two characters, or some more' } })],
    clock,
  })
  onTestFinished(() => api.close())
  const auth = createAuthPlugin(api)
  const createContext = (source: RequestSource) => auth.context(source)
  const t = initTRPC.context<typeof createContext>().create({ errorFormatter: authErrorFormatter })
  const bound = t.procedure.concat(auth.policy({ senderConstrained: 'required' }))
  const router = t.router({
    health: t.procedure.query(() => 'ok'),
    me: bound.query(({ ctx }) => ctx.principal.subject),
    write: bound.concat(auth.policy({ scopes: ['write'] })).query(() => 'written'),
  })
  const url = await overStandalone({ router, createContext })
  const key = await dpopKey({ clock })
  const token = await server.accessToken({ sub: 'u1', cnf: key.cnf })
  /** Asks for these in one batch, with one proof. */
  const ask = async (paths: string, nonce?: string) => {
    const target = { method: 'GET', url: `${PUBLIC_URL}/${paths}`, accessToken: token }
    const proof = await key.proof({ ...target, ...(nonce !== undefined && { nonce }) })
    const response = await fetch(`${url}/${paths}?batch=1`, {
      headers: { authorization: `DPoP ${token}`, dpop: proof },
    })
    return { status: response.status, nonce: response.headers.get('dpop-nonce'), body: await response.json() }
  }
  return {
    ...server,
    ask,
    send: (plain: string) => fetch(`${url}/me`, { headers: { authorization: `Bearer ${plain}` } }),
  }
}

describe('a procedure that takes bound tokens alone', () => {
  it('lets a batch in with one proof, for all its calls', async () => {
    const { ask } = await setUp()
    const { nonce } = await ask('me')
    expect(await ask('me,health,me', nonce ?? '')).toMatchObject({
      status: 200,
      body: [{ result: { data: 'u1' } }, { result: { data: 'ok' } }, { result: { data: 'u1' } }],
    })
  })

  it('tells what the next proof has to hold, whatever became of the other calls', async () => {
    const { ask } = await setUp()
    const refused = await ask('me')
    expect(refused).toMatchObject({ status: 401, nonce: expect.any(String) })
    expect(refused.body).toMatchObject([
      { error: { data: { auth: { error: 'use_dpop_nonce', dpop_nonce: refused.nonce } } } },
    ])
    expect(await ask('me,health')).toMatchObject({ status: 207, nonce: refused.nonce })
    expect(await ask('me,write', refused.nonce ?? '')).toMatchObject({ status: 207, nonce: refused.nonce })
  })

  it('tells the next nonce with a grant, and nothing where the client has it', async () => {
    const { ask, clock } = await setUp()
    const { nonce: first } = await ask('me')
    expect(await ask('me', first ?? '')).toMatchObject({ status: 200, nonce: null })
    clock.advance('5m')
    const { status, nonce: next } = await ask('me', first ?? '')
    expect([status, next]).toStrictEqual([200, expect.any(String)])
    expect(next).not.toBe(first)
    expect(await ask('me', next ?? '')).toMatchObject({ status: 200, nonce: null })
  })

  it('refuses a token that is bound to nothing', async () => {
    const { accessToken, send } = await setUp()
    const response = await send(await accessToken())
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^DPoP .*algs="ES256/)
  })
})

describe('a procedure behind TLS', () => {
  it('takes a token that is bound to a certificate with it alone', async () => {
    const [server, authority] = await Promise.all([fakeAuthorizationServer({ served: true }), certificateAuthority()])
    onTestFinished(() => server.close())
    const { issuer, clock } = server
    const api = createResourceServer({
      issuers: [authorizationServer({ issuer, audience: 'https://api.example', allowInsecureLoopback: true })],
      senderConstraints: [certificateBound()],
      clock,
    })
    onTestFinished(() => api.close())
    const auth = createAuthPlugin(api)
    const createContext = (source: RequestSource) => auth.context(source)
    const t = initTRPC.context<typeof createContext>().create({ errorFormatter: authErrorFormatter })
    const bound = t.procedure.concat(auth.policy({ senderConstrained: 'required' }))
    const router = t.router({ me: bound.query(({ ctx }) => ctx.principal.subject) })
    const { certificate: cert, privateKey: key } = await authority.serverCertificate()
    const asked = { requestCert: true, rejectUnauthorized: false, ca: authority.certificate }
    const handler = createHTTPHandler({ router, createContext, responseMeta: authResponseMeta })
    const listening = https.createServer({ cert, key, ...asked }, handler)
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void listening.close().closeAllConnections())
    const { port } = listening.address() as AddressInfo
    const [own, other] = [await authority.clientCertificate(), await authority.clientCertificate()]
    const token = await server.accessToken({ sub: 'u1', cnf: own.cnf })
    const statusFor = (client?: typeof own) =>
      new Promise<number | undefined>((resolve, reject) => {
        const shown = client === undefined ? {} : { cert: client.chain, key: client.privateKey }
        const headers = { authorization: `Bearer ${token}` }
        const options = { ca: authority.certificate, ...shown, headers, agent: false as const }
        https
          .get(`https://localhost:${port}/me`, options, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
      })
    expect(await statusFor(own)).toBe(200)
    expect(await statusFor(other)).toBe(401)
    expect(await statusFor()).toBe(401)
  })
})

it('the headers of a response are left alone where no context was made', () => {
  expect(authResponseMeta({ data: [{}], errors: [], ctx: undefined })).toStrictEqual({})
  expect(authResponseMeta({ data: [{}], errors: [], ctx: {} })).toStrictEqual({})
})
