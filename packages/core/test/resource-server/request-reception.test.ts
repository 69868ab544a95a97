import { describe, expect, it } from 'vitest'
import { introspectedApi } from '../support/introspected-api.js'
import { constraintOf } from '../support/sender-constraints.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('a request', () => {
  it('is looked at when what checks its sender is ready, and only where it has a token', async () => {
    const issuer = await testIssuer()
    const steps: string[] = []
    const constraint = constraintOf(
      'jkt',
      ({ token }) => {
        steps.push(`examine ${token.length > 0}`)
        return { compare: () => false }
      },
      {
        async prepare() {
          steps.push('prepare')
          await Promise.resolve()
          steps.push('ready')
        },
      },
    )
    const { api } = serverFor(issuer, {}, { senderConstraints: [constraint] })
    expect(await api.authorize({ method: 'GET', url: '/', headers: {} })).toMatchObject({ reason: 'no-credentials' })
    expect(steps).toStrictEqual(['prepare', 'ready'])
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ outcome: 'granted' })
    expect(steps.slice(2)).toStrictEqual(['prepare', 'ready', 'examine true'])
  })

  it('is one, or a mistake of the application', async () => {
    const { api } = serverFor(await testIssuer())
    for (const request of [undefined, null, {}, 'GET /']) {
      await expect(api.authorize(request as never)).rejects.toThrow('request must be a web Request, or a record with')
      await expect(api.present(request as never)).rejects.toThrow('request must be a web Request')
    }
  })
})

describe('what stands in the place of a token', () => {
  const around = [
    '%',
    '% ',
    ' %',
    '\t%',
    '%,',
    ',%',
    '"%"',
    '%%=a',
    '=%',
    '%\n',
    '%\u00fc',
    '%, Bearer %',
    'token="%"',
    '',
  ]

  it('is no token unless it has the characters of one, however well the token is known', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const token = issuer.token()
    for (let times = 0; times < 3; times += 1) {
      expect(await api.authorize(withToken(token))).toMatchObject({ outcome: 'granted' })
    }
    for (const text of around) {
      const value = text.replaceAll('%', token)
      const outcome = await api.authorize({ method: 'GET', url: '/', headers: { authorization: `Bearer ${value}` } })
      if (value.trimStart() === token && !value.startsWith('\t')) expect(outcome).toMatchObject({ outcome: 'granted' })
      else expect(outcome).toMatchObject({ status: 400, reason: 'authorization-malformed' })
    }
    for (const authorization of [`Bearer,${token}`, `Bearer\t${token}`, 'Bearer']) {
      const outcome = await api.authorize({ method: 'GET', url: '/', headers: { authorization } })
      expect(outcome).toMatchObject({ status: 400, reason: 'authorization-malformed' })
    }
  })

  it('is shown to nobody where it is not one', async () => {
    const { server, api } = await introspectedApi()
    const token = await server.opaqueToken()
    for (const text of around.slice(1).filter((each) => each !== ' %')) {
      const authorization = `Bearer ${text.replaceAll('%', token)}`
      const outcome = await api.authorize({ method: 'GET', url: '/', headers: { authorization } })
      expect(outcome).toMatchObject({ status: 400, reason: 'authorization-malformed' })
    }
    expect(server.introspection.hits).toBe(0)
  })

  it('may be a token that is refused for what it says', async () => {
    const { api } = serverFor(await testIssuer())
    expect(await api.authorize(withToken('abc'))).toMatchObject({ status: 401, reason: 'token-malformed' })
    expect(await api.authorize(withToken('a'.repeat(100_000)))).toMatchObject({ reason: 'token-too-large' })
    expect(await api.authorize(withToken('"'.repeat(100_000)))).toMatchObject({ reason: 'authorization-malformed' })
  })
})
