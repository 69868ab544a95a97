import { describe, expect, it } from 'vitest'
import {
  ConfigurationError,
  definePolicy,
  type PolicyDecisionPoint,
  type PolicyQuestion,
  type ResourceServerOptions,
} from '../../src/index.js'
import { anonymous, serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const order = { type: 'Order', id: '7' } as const

describe('a decision point', () => {
  it.each<[string, unknown, string]>([
    ['that is none', {}, 'createResourceServer.decisionPoint must have a decide()'],
    ['that is null', null, 'createResourceServer.decisionPoint must have a decide()'],
    ['that is a function alone', () => ({ decision: 'permit' }), 'createResourceServer.decisionPoint must have'],
    ['with a timeout below all', { decide() {}, timeout: '1ms' }, 'createResourceServer.decisionPoint.timeout must be'],
    ['with a timeout above all', { decide() {}, timeout: '31s' }, 'createResourceServer.decisionPoint.timeout must be'],
    [
      'whose ready is none',
      { decide() {}, ready: true },
      'createResourceServer.decisionPoint.ready must be a function',
    ],
    ['whose prepare is none', { decide() {}, prepare: 'x' }, 'createResourceServer.decisionPoint.prepare must be'],
    ['whose explain is none', { decide() {}, explain: {} }, 'createResourceServer.decisionPoint.explain must be'],
  ])('%s is refused', async (_, decisionPoint, message) => {
    const issuer = await testIssuer()
    const make = () => serverFor(issuer, {}, { decisionPoint } as Partial<ResourceServerOptions>)
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(message)
  })

  it('may be an instance with methods and members of its own', async () => {
    class Rules implements PolicyDecisionPoint {
      readonly #allowed = 'read'
      readonly stats = { asked: 0 }
      decide({ action }: Parameters<PolicyDecisionPoint['decide']>[0]) {
        this.stats.asked++
        return { decision: action === this.#allowed ? 'permit' : 'deny' } as const
      }
      explain({ action }: PolicyQuestion) {
        return `${action} against ${this.#allowed}`
      }
    }
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, {}, { decisionPoint: new Rules() })
    expect(await api.authorize(withToken(issuer.token()), { action: 'read' })).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(withToken(issuer.token()), { action: 'write' })).toMatchObject({ status: 403 })
    expect(api.explain({ action: 'read' }).decisions[0]?.explanation).toBe('read against read')
  })

  it('must be there where a route has an action', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const policy = definePolicy({ action: 'read' })
    const presented = await api.present(withToken(issuer.token()))
    const message = 'policy.action needs a decision point: give the server the option decisionPoint'
    expect(() => api.policy(policy)).toThrow(message)
    await expect(api.authorize(anonymous, policy)).rejects.toThrow(ConfigurationError)
    await expect(presented.authorize({ action: 'read' })).rejects.toThrow(message)
    await expect(api.verify(issuer.token(), policy)).rejects.toThrow(message)
  })

  it('sees each question once, when its policy is met, and may refuse it', async () => {
    const issuer = await testIssuer()
    const seen: PolicyQuestion[] = []
    const decisionPoint: PolicyDecisionPoint = {
      decide: () => ({ decision: 'permit' }),
      prepare(question) {
        seen.push(question)
        if (question.action === 'unknown') throw new ConfigurationError('policy.action', 'is none of the policies')
      },
    }
    const { api } = serverFor(issuer, {}, { decisionPoint })
    const policy = api.policy({ action: 'read', resource: order })
    await api.authorize(withToken(issuer.token()), policy)
    expect(seen).toStrictEqual([{ action: 'read', resourceType: 'Order' }])
    expect(() => api.policy({ action: 'unknown' })).toThrow('policy.action is none of the policies')
    await expect(api.authorize(anonymous, { action: 'unknown' })).rejects.toThrow('is none of the policies')
    expect(seen).toHaveLength(3)
  })

  it('explains what decides, when it can, and when it is asked', async () => {
    const issuer = await testIssuer()
    let explained = 0
    const decide = () => ({ decision: 'permit' }) as const
    const silent = serverFor(issuer, {}, { decisionPoint: { decide } }).api
    const question = { action: 'read', resourceType: 'Order' }
    expect(silent.explain({ action: 'read', resource: order }).decisions).toStrictEqual([
      { ...question, explanation: undefined },
    ])
    const explain = ({ action }: PolicyQuestion) => `${++explained} policies for ${action}`
    const { api } = serverFor(issuer, {}, { decisionPoint: { decide, explain } })
    await api.authorize(withToken(issuer.token()), { action: 'read' })
    expect(explained).toBe(0)
    expect(api.explain({ action: 'read', resource: order }).decisions).toStrictEqual([
      { ...question, explanation: '1 policies for read' },
    ])
    expect(api.explain({}).decisions).toStrictEqual([])
  })

  it('gets ready with the server, which is not ready before', async () => {
    const issuer = await testIssuer()
    let loaded = 0
    const decide = () => ({ decision: 'permit' }) as const
    const { api } = serverFor(issuer, {}, { decisionPoint: { decide, ready: async () => void loaded++ } })
    await api.ready()
    expect(loaded).toBe(1)
    for (const ready of [
      () => Promise.reject(new Error('line 3: no such type')),
      () => {
        throw new Error('line 3: no such type')
      },
    ]) {
      await expect(serverFor(issuer, {}, { decisionPoint: { decide, ready } }).api.ready()).rejects.toThrow('line 3')
    }
  })
})
