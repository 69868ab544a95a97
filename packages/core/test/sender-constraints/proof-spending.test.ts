import { describe, expect, it } from 'vitest'
import type { ReplayMemory, SpentProof, TokenwardEvent } from '../../src/index.js'
import { rememberProof } from '../../src/sender-constraints/proof-spending.js'
import { ISSUER, NOW } from '../support/revoked-tokens.js'

const times = { maxProofAge: 60_000, clockTolerance: 5_000 }
const claims = {
  jti: 'a'.repeat(5_000),
  iat: NOW,
  htm: 'GET',
  htu: '',
  exp: undefined,
  nbf: undefined,
  ath: '',
  nonce: '',
}

function spend(remember: ReplayMemory['remember'], replayTimeout = 30_000) {
  const events: TokenwardEvent[] = []
  const parts = {
    memory: { remember },
    replayTimeout,
    times,
    clock: { now: () => NOW },
    emit: events.push.bind(events),
  }
  const answer = rememberProof(
    { ...parts, emit: (event) => events.push(event) },
    { claims, thumbprint: 'key', issuer: ISSUER },
  )
  return { answer, events }
}

describe('a proof that is spent', () => {
  it.each([
    ['new', undefined],
    ['replayed', 'dpop-proof-replayed'],
    ['key-full', 'dpop-proofs-exceeded'],
    ['full', 'replay-memory-full'],
  ] as const)('is judged where the memory says %s, at once or later', async (verdict, code) => {
    expect(await spend(() => verdict).answer).toBe(code)
    const later = spend(async () => verdict)
    expect(await later.answer).toBe(code)
    expect(later.events).toStrictEqual([])
  })

  it('is named by its key and the hash of its jti, and kept until it is too old', async () => {
    let told: SpentProof | undefined
    await spend((proof) => {
      told = proof
      return 'new'
    }).answer
    expect(told).toStrictEqual({
      key: 'key',
      id: expect.stringMatching(/^[\w-]{43}$/),
      now: NOW,
      expiresAt: NOW + 65_001,
    })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('down')
      },
    ],
    ['answers nothing', () => undefined as never],
    ['answers something else', () => 'ok' as never],
    ['answers something else later', async () => true as never],
    ['answers what objects have', () => 'toString' as never],
  ])('lets nobody in where the memory %s, and is reported', async (_, remember) => {
    const { answer, events } = spend(remember)
    expect(await answer).toBe('replay-memory-failed')
    expect(events).toStrictEqual([{ type: 'replay-memory-failed', at: NOW, issuer: ISSUER, error: expect.any(Error) }])
  })

  it('lets nobody in where the memory takes too long', async () => {
    const { answer, events } = spend(() => new Promise(() => {}), 10)
    expect(await answer).toBe('replay-memory-failed')
    expect(events).toMatchObject([{ type: 'replay-memory-failed', error: { message: expect.stringContaining('10') } }])
  })
})
