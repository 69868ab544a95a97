import { describe, expect, it } from 'vitest'
import { dpop, inMemoryReplayMemory } from '../../src/index.js'
import { definitionOfConstraint } from '../../src/tokens/sender-constraint.js'
import { ISSUER, NOW } from '../support/revoked-tokens.js'

const publicUrl = 'https://api.example'
const context = { clock: { now: () => NOW }, emit: () => {}, issuers: [[ISSUER]] }
const connected = (options: object) => definitionOfConstraint(dpop({ publicUrl, ...options }), 'o').connect(context)

describe('dpop', () => {
  it('tells what it accepts, in challenges and metadata', () => {
    const algorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256']
    expect(connected({})).toMatchObject({
      method: 'jkt',
      scheme: { algorithms: algorithms.join(' '), required: false },
      metadata: { dpop_signing_alg_values_supported: algorithms },
    })
    expect(connected({}).metadata).not.toHaveProperty('dpop_bound_access_tokens_required')
    expect(connected({ algorithms: ['ES384'], required: true })).toMatchObject({
      scheme: { algorithms: 'ES384', required: true },
      metadata: { dpop_signing_alg_values_supported: ['ES384'], dpop_bound_access_tokens_required: true },
    })
  })

  it('gives out nonces where it is told to', async () => {
    expect(connected({}).scheme?.nonce()).toBeUndefined()
    const check = connected({ nonce: { secret: 'a-secret-of-thirty-two-characters' } })
    await check.prepare?.()
    expect(check.scheme?.nonce()).toMatch(/^[\w-]{22}$/)
  })

  it.each([
    [{ publicUrl: undefined }, 'dpop.publicUrl must be where clients reach this API'],
    [{ publicUrl: 'http://api.example' }, 'dpop.publicUrl'],
    [{ publicUrl: 'http://localhost:3000' }, 'dpop.publicUrl'],
    [{ algorithms: [] }, 'dpop.algorithms must be a list of one or more of RS256'],
    [{ algorithms: ['HS256'] }, 'dpop.algorithms must be a list'],
    [{ algorithms: ['none'] }, 'dpop.algorithms must be a list'],
    [{ algorithms: 'ES256' }, 'dpop.algorithms must be a list'],
    [{ maxProofAge: '0s' }, 'dpop.maxProofAge must be a duration from 1s to 10m'],
    [{ maxProofAge: '11m' }, 'dpop.maxProofAge must be a duration'],
    [{ clockTolerance: '61s' }, 'dpop.clockTolerance must be a duration from 0s to 1m'],
    [{ replayTimeout: '1ms' }, 'dpop.replayTimeout must be a duration'],
    [{ required: 'yes' }, 'dpop.required must be true or false'],
    [{ allowInsecureLoopback: 1 }, 'dpop.allowInsecureLoopback must be true or false'],
    [{ nonce: 'secret' }, 'dpop.nonce takes a plain object'],
    [{ nonce: { secret: 'short' } }, 'dpop.nonce.secret must be'],
    [{ replayMemory: {} }, 'dpop.replayMemory must be made by inMemoryReplayMemory()'],
    [{ replayMemory: null }, 'dpop.replayMemory must be made by'],
    [{ replay: 'off' }, 'dpop.replay is not an option'],
  ])('refuses %j', (options, message) => {
    expect(() => dpop({ publicUrl, ...options } as never)).toThrow(message)
  })

  it('takes plain http at a loopback address, and a memory of its own, where told so', () => {
    expect(() => dpop({ publicUrl: 'http://127.0.0.1:3000', allowInsecureLoopback: true })).not.toThrow()
    expect(() => dpop({ publicUrl, replayMemory: inMemoryReplayMemory() })).not.toThrow()
  })
})
