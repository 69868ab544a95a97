import { describe, expect, it } from 'vitest'
import { type FakeAuthorizationServer, fakeAuthorizationServer } from '../../src/index.js'
import { basic, doors, form } from '../support/doors.js'

async function isActive(server: FakeAuthorizationServer, token: string): Promise<boolean> {
  const { clientId: client_id, clientSecret: client_secret } = server.client
  const response = await server.fetch(server.introspection.url, form({ token, client_id, client_secret }))
  return ((await response.json()) as { active: boolean }).active
}

describe.each(['fetch', 'listen', 'serve'] as const)('revocation through %s', (door) => {
  it('ends a token, and answers the same to one that is unknown', async () => {
    const server = await fakeAuthorizationServer()
    const call = await doors[door](server)
    const [ended, kept] = [await server.opaqueToken(), await server.accessToken()]
    const { clientId, clientSecret } = server.client
    for (const token of [ended, ended, 'never-issued']) {
      const response = await call(server.revocation.url, form({ token }, basic(clientId, clientSecret)))
      expect([response.status, await response.text()]).toStrictEqual([200, ''])
    }
    expect([await isActive(server, ended), await isActive(server, kept)]).toStrictEqual([false, true])
    expect(server.revocation.hits).toBe(3)
    await server.close()
  })
})

describe('a client', () => {
  it('without a secret ends the tokens issued to it, and no others', async () => {
    const server = await fakeAuthorizationServer()
    const token = await server.opaqueToken({ clientId: 'web' })
    const revoke = async (client_id: string) => {
      const response = await server.fetch(server.revocation.url, form({ token, client_id }))
      return response.status === 200 ? 200 : [response.status, await response.json()]
    }
    expect(await revoke('mobile')).toStrictEqual([400, { error: 'unauthorized_client' }])
    expect(await revoke('resource-server')).toStrictEqual([401, { error: 'invalid_client' }])
    expect(await isActive(server, token)).toBe(true)
    expect(await revoke('web')).toBe(200)
    expect(await isActive(server, token)).toBe(false)
  })

  it('is refused when it is none, and told what is wrong', async () => {
    const server = await fakeAuthorizationServer()
    const token = await server.opaqueToken({ clientId: 'web' })
    const statusOf = async (request: RequestInit) => (await server.fetch(server.revocation.url, request)).status
    expect(await statusOf(form({ token }))).toBe(401)
    expect(await statusOf(form({ token }, basic('web', 'guess')))).toBe(401)
    expect(await statusOf(form({ token }, basic(server.client.clientId, 'guess')))).toBe(401)
    expect(await statusOf(form({ token, client_secret: 'x' }, basic('web', 'x')))).toBe(400)
    expect(await statusOf(form({}))).toBe(400)
    expect(await isActive(server, token)).toBe(true)
  })
})
