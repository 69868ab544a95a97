import { describe, expect, it } from 'vitest'
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
