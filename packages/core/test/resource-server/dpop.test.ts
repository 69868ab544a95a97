import { dpopKey, type DpopKey } from '@tokenward/testkit'
import { describe, expect, it } from 'vitest'
import {
  certificateBound,
  dpop,
  inMemoryReplayMemory,
  inMemoryRevocationList,
  type Outcome,
  type ReplayMemory,
} from '../../src/index.js'
import { partner, stranger } from '../support/client-certificates.js'
import { dpopApi, ORDERS, proven, PUBLIC_URL, verdictOn } from '../support/dpop-api.js'
import { introspectedApi } from '../support/introspected-api.js'

const verdict = (outcome: Outcome) => (outcome.outcome === 'granted' ? 'granted' : outcome.reason)

/** A memory that notes what it is told, and answers after a while, as one over a network does. */
function slowMemory() {
  const memory = inMemoryReplayMemory()
  let calls = 0
  return {
    calls: () => calls,
    memory: {
      async remember(proof) {
        calls += 1
        await new Promise((resolve) => setTimeout(resolve, 1))
        return memory.remember(proof)
      },
    } satisfies ReplayMemory,
  }
}

describe('a proof', () => {
  it.each([
    ['in this process', inMemoryReplayMemory],
    ['elsewhere', () => slowMemory().memory],
  ])('serves once, also among 200 duplicates at once, with a memory %s', async (_, make) => {
    const { api, token, proof } = await dpopApi({ replayMemory: make(), replayTimeout: '10s' })
    const sent = await proof()
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => verdictOn(api, proven(token, sent))))
    expect(verdicts.filter((one) => one === 'granted')).toHaveLength(1)
    expect(verdicts.filter((one) => one === 'dpop-proof-replayed')).toHaveLength(199)
    expect(await verdictOn(api, proven(token, sent))).toBe('dpop-proof-replayed')
  })

  it('serves once among all servers that share a memory', async () => {
    const replayMemory = inMemoryReplayMemory()
    const first = await dpopApi({ replayMemory })
    const second = await dpopApi({ replayMemory })
    const sent = await first.proof()
    expect(await verdictOn(first.api, proven(first.token, sent))).toBe('granted')
    // Another token and another issuer, yet the same key and the same proof: the second API refuses it for its token.
    const token = second.issuer.token({ cnf: first.key.cnf })
    const jti = JSON.parse(Buffer.from(sent.split('.')[1] as string, 'base64url').toString()).jti as string
    const replayed = await first.key.proof({ method: 'GET', url: ORDERS, accessToken: token, claims: { jti } })
    expect(await verdictOn(second.api, proven(token, replayed))).toBe('dpop-proof-replayed')
  })

  it('is remembered after every check of its token that needs nobody else, and not before', async () => {
    const revocationList = inMemoryRevocationList()
    const { memory, calls } = slowMemory()
    const { api, issuer, key, token } = await dpopApi({ replayMemory: memory }, { revocationList })
    const ask = async (claims: Record<string, unknown>, policy = {}, prove: DpopKey = key) => {
      const accessToken = issuer.token({ cnf: key.cnf, ...claims })
      const proof = await prove.proof({ method: 'GET', url: ORDERS, accessToken })
      return verdictOn(api, proven(accessToken, proof), policy)
    }
    await revocationList.add({ kind: 'token', issuer: issuer.options.issuer, jti: 'gone', expiresAt: 4e12 })
    expect(await ask({ exp: 1 })).toBe('token-expired')
    expect(await ask({}, {}, await dpopKey({ clock: issuer.clock }))).toBe('dpop-key-mismatch')
    expect(await ask({ jti: 'gone' })).toBe('token-revoked')
    expect(await ask({}, { scopes: ['b'] })).toBe('scope-missing')
    expect(await ask({}, { maxAge: '5m' })).toBe('authentication-too-old')
    for (const forge of [key.forged.tampered, key.forged.otherToken, key.forged.tooOld]) {
      const forged = await forge({ method: 'GET', url: ORDERS, accessToken: token })
      expect(await verdictOn(api, proven(token, forged))).toMatch(/^dpop-/)
    }
    const proof = await key.proof({ method: 'GET', url: ORDERS, accessToken: token })
    expect(await api.precheck(proven(token, proof))).toStrictEqual({ outcome: 'passed' })
    expect(calls()).toBe(0)
    expect(await verdictOn(api, proven(token, proof))).toBe('granted')
    expect(calls()).toBe(1)
  })

  it('that has served costs no call about its token', async () => {
    const { server, api } = await introspectedApi({}, { senderConstraints: [dpop({ publicUrl: PUBLIC_URL })] })
    const key = await dpopKey({ clock: server.clock })
    const live = { maxRevocationLag: '0s' } as const
    const [token, other] = [await server.accessToken({ cnf: key.cnf }), await server.accessToken({ cnf: key.cnf })]
    const [proof, otherProof] = await Promise.all(
      [token, other].map((accessToken) => key.proof({ method: 'GET', url: ORDERS, accessToken })),
    )
    expect(await verdictOn(api, proven(token, proof), live)).toBe('granted')
    expect(await verdictOn(api, proven(token, proof), live)).toBe('dpop-proof-replayed')
    // By now a call that nobody waited for would have come, too.
    expect(await verdictOn(api, proven(other, otherProof), live)).toBe('granted')
    expect(server.introspection.hits).toBe(2)
  })
})

describe('a key', () => {
  it('has so many proofs alive, beyond which it alone is refused', async () => {
    const replayMemory = inMemoryReplayMemory({ maxProofsPerKey: 10 })
    const { api, issuer, token, proof } = await dpopApi({ replayMemory })
    for (let i = 0; i < 10; i++) expect(await verdictOn(api, proven(token, await proof()))).toBe('granted')
    const outcome = await api.authorize(proven(token, await proof()))
    expect(outcome).toMatchObject({
      status: 401,
      reason: 'dpop-proofs-exceeded',
      body: { error: 'invalid_dpop_proof' },
    })
    const other = await dpopKey({ clock: issuer.clock })
    const ofOther = issuer.token({ cnf: other.cnf })
    const proofOfOther = await other.proof({ method: 'GET', url: ORDERS, accessToken: ofOther })
    expect(await verdictOn(api, proven(ofOther, proofOfOther))).toBe('granted')
    issuer.clock.advance(67_000)
    expect(await verdictOn(api, proven(token, await proof()))).toBe('granted')
  })
})

describe('a replay memory', () => {
  it.each([
    ['is full', async () => 'full' as const, 'replay-memory-full'],
    ['is down', async () => Promise.reject(new Error('down')), 'replay-memory-failed'],
    [
      'throws',
      () => {
        throw new Error('down')
      },
      'replay-memory-failed',
    ],
    ['does not answer', () => new Promise<never>(() => {}), 'replay-memory-failed'],
  ])('that %s lets nobody in, and says nothing about the token: 503', async (_, remember, reason) => {
    const { api, token, proof, events } = await dpopApi({ replayMemory: { remember }, replayTimeout: '400ms' })
    const outcome = await api.authorize(proven(token, await proof()))
    expect(outcome).toMatchObject({ outcome: 'unavailable', status: 503, reason, headers: { 'Retry-After': '1' } })
    expect(outcome.headers).not.toHaveProperty('WWW-Authenticate')
    const failures = events.filter(({ type }) => type === 'replay-memory-failed')
    expect(failures).toHaveLength(reason === 'replay-memory-full' ? 0 : 1)
  })
})

describe('an opaque token that is bound to a key (RFC 9449 §6.2)', () => {
  async function opaqueApi() {
    const { server, api } = await introspectedApi({}, { senderConstraints: [dpop({ publicUrl: PUBLIC_URL })] })
    const key = await dpopKey({ clock: server.clock })
    const token = await server.opaqueToken({ cnf: key.cnf })
    const prove = (by: DpopKey = key) => by.proof({ method: 'GET', url: ORDERS, accessToken: token })
    return { server, api, key, token, prove }
  }

  it('is accepted with a proof, and refused without or as Bearer', async () => {
    const { api, token, prove } = await opaqueApi()
    const proof = await prove()
    expect(await verdictOn(api, proven(token, proof))).toBe('granted')
    expect(await verdictOn(api, proven(token, proof))).toBe('dpop-proof-replayed')
    expect(await verdictOn(api, proven(token, undefined))).toBe('dpop-proof-missing')
    const bearer = { method: 'GET', url: '/orders', headers: { authorization: `Bearer ${token}` } }
    expect(await verdictOn(api, bearer)).toBe('dpop-token-as-bearer')
  })

  it('is asked about only where the proof is good by itself', async () => {
    const { server, api, token, key, prove } = await opaqueApi()
    for (const forge of [key.forged.tampered, key.forged.otherToken, key.forged.tooOld, key.forged.algNone]) {
      const forged = await forge({ method: 'GET', url: ORDERS, accessToken: token })
      expect(await verdictOn(api, proven(token, forged))).toMatch(/^dpop-/)
    }
    expect(server.introspection.hits).toBe(0)
    const thief = await dpopKey({ clock: server.clock })
    expect(await verdictOn(api, proven(token, await prove(thief)))).toBe('dpop-key-mismatch')
    expect(server.introspection.hits).toBe(1)
  })
})

describe('a token that is bound to a certificate and a key', () => {
  it('is accepted with both, and with no less', async () => {
    const senderConstraints = [certificateBound(), dpop({ publicUrl: PUBLIC_URL })]
    const { api, issuer, key } = await dpopApi({}, { senderConstraints })
    const token = issuer.token({ cnf: { ...key.cnf, ...partner.cnf } })
    const ask = async (client: typeof partner | undefined, by: DpopKey | undefined) => {
      const proof = await by?.proof({ method: 'GET', url: ORDERS, accessToken: token })
      const clientCertificate = client && { pem: client.certificate, verified: true }
      return verdictOn(api, proven(token, proof, { clientCertificate }))
    }
    const thief = await dpopKey({ clock: issuer.clock })
    expect(await ask(partner, key)).toBe('granted')
    expect(await ask(stranger, key)).toBe('certificate-mismatch')
    expect(await ask(undefined, key)).toBe('certificate-missing')
    expect(await ask(partner, thief)).toBe('dpop-key-mismatch')
    expect(await ask(partner, undefined)).toBe('dpop-proof-missing')
  })

  it('is refused where one of them is not checked', async () => {
    const { api, issuer, key } = await dpopApi()
    const token = issuer.token({ cnf: { ...key.cnf, ...partner.cnf } })
    const proof = await key.proof({ method: 'GET', url: ORDERS, accessToken: token })
    const clientCertificate = { pem: partner.certificate, verified: true }
    expect(await verdictOn(api, proven(token, proof, { clientCertificate }))).toBe('sender-constraint-unchecked')
  })
})

describe('an open connection', () => {
  it('goes on with the proof it began with, however old that grows', async () => {
    const { api, issuer, token, proof } = await dpopApi()
    const granted = await api.authorize(proven(token, await proof()))
    if (granted.outcome !== 'granted') throw new Error(verdict(granted))
    const watch = api.watch(granted)
    issuer.clock.advance(300_000)
    expect(await watch.beforeMessage()).toBeUndefined()
    issuer.clock.advance(400_000)
    expect(await watch.beforeMessage()).toMatchObject({ reason: 'token-expired' })
    watch.stop()
  })
})
