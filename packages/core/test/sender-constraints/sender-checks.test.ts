import { describe, expect, it } from 'vitest'
import { anySender, connectSenderConstraints } from '../../src/sender-constraints/sender-checks.js'
import type { SenderCheck, SenderConstraint, SenderExamination } from '../../src/tokens/sender-constraint.js'
import type { Confirmation } from '../../src/vocabulary/confirmation.js'
import { factsOf, ISSUER, NOW } from '../support/revoked-tokens.js'
import { constraintOf } from '../support/sender-constraints.js'

const context = { clock: { now: () => NOW }, emit: () => {}, issuers: [[ISSUER]] }
const connect = (...constraints: readonly SenderConstraint[]) =>
  connectSenderConstraints(constraints.length === 0 ? undefined : constraints, context)
const presentation = { token: 'token', scheme: 'Bearer', request: undefined } as const
const boundTo = (confirmation: Confirmation) => ({ ...factsOf(), confirmation })
const certificate = boundTo({ 'x5t#S256': 'a' })
const key = boundTo({ jkt: 'b' })
const both = boundTo({ 'x5t#S256': 'a', jkt: 'b' })
const unbound = factsOf()

/** Shown wherever the token is bound in that way, unless said otherwise. */
const shows = (method: keyof Confirmation, changed: Partial<SenderExamination> = {}, more?: Partial<SenderCheck>) =>
  constraintOf(
    method,
    () => ({ compare: ({ confirmation }) => confirmation?.[method] !== undefined, ...changed }),
    more,
  )

describe('a sender', () => {
  it('is refused where nothing checks what the token is bound to, or not all of it', () => {
    const nothing = connect().examine(presentation)
    const certificates = connect(shows('x5t#S256')).examine(presentation)
    const keys = connect(shows('jkt')).examine(presentation)
    const all = connect(shows('x5t#S256'), shows('jkt')).examine(presentation)
    for (const [sender, facts] of [
      [nothing, certificate],
      [nothing, key],
      [nothing, both],
      [certificates, key],
      [certificates, both],
      [keys, certificate],
      [keys, both],
    ] as const) {
      expect(sender.compare(facts, 'if-bound')).toBe('sender-constraint-unchecked')
    }
    for (const [sender, facts] of [
      [nothing, unbound],
      [certificates, certificate],
      [keys, key],
      [all, both],
      [all, key],
      [all, unbound],
    ] as const) {
      expect(sender.compare(facts, 'if-bound')).toBeUndefined()
    }
  })

  it('has to show all that the token is bound to', () => {
    for (const refusing of ['x5t#S256', 'jkt'] as const) {
      const refuses: Partial<SenderExamination> = { compare: () => 'certificate-mismatch' }
      const sender = connect(
        shows('x5t#S256', refusing === 'x5t#S256' ? refuses : {}),
        shows('jkt', refusing === 'jkt' ? refuses : {}),
      ).examine(presentation)
      expect(sender.compare(both, 'if-bound')).toBe('certificate-mismatch')
    }
  })

  it('has to show something where that is demanded', () => {
    const sender = connect(shows('x5t#S256'), shows('jkt')).examine(presentation)
    expect(sender.compare(unbound, 'required')).toBe('sender-constraint-missing')
    for (const facts of [certificate, key, both]) expect(sender.compare(facts, 'required')).toBeUndefined()
  })

  it('is waited for, in turn, and nobody is asked after a refusal', async () => {
    const asked: string[] = []
    const slow = (name: string, answer: 'certificate-mismatch' | boolean) => async () => {
      await Promise.resolve()
      asked.push(name)
      return answer
    }
    const sender = (first: 'certificate-mismatch' | boolean, second: boolean) =>
      connect(
        shows('x5t#S256', { compare: slow('first', first) }),
        shows('jkt', { compare: slow('second', second) }),
      ).examine(presentation)
    expect(await sender('certificate-mismatch', true).compare(both, 'required')).toBe('certificate-mismatch')
    expect(await sender(false, true).compare(both, 'required')).toBeUndefined()
    expect(await sender(false, false).compare(both, 'required')).toBe('sender-constraint-missing')
    expect(asked).toStrictEqual(['first', 'first', 'second', 'first', 'second'])
  })

  it('spends what it has shown, and is refused by the first that says so', async () => {
    const spent: string[] = []
    const spend = (name: string) => () => void spent.push(name)
    const sender = (first: SenderExamination['spend'] | undefined) =>
      connect(shows('x5t#S256', first && { spend: first }), shows('jkt', { spend: spend('key') })).examine(presentation)
    expect(sender(spend('certificate')).spend(both)).toBeUndefined()
    expect(sender(() => 'dpop-proof-replayed').spend(both)).toBe('dpop-proof-replayed')
    const full: SenderExamination['spend'] = async () => 'replay-memory-full' as const
    expect(await sender(full).spend(both)).toBe('replay-memory-full')
    expect(await sender(async () => undefined).spend(both)).toBeUndefined()
    expect(sender(undefined).spend(both)).toBeUndefined()
    expect(spent).toStrictEqual(['certificate', 'key', 'key', 'key'])
  })

  it('is refused for what it shows, before anyone has read its token', () => {
    const sender = connect(shows('x5t#S256'), shows('jkt', { refusal: () => 'dpop-proof-malformed' }))
    expect(sender.examine(presentation).refusal()).toBe('dpop-proof-malformed')
    expect(connect(shows('x5t#S256')).examine(presentation).refusal()).toBeUndefined()
  })

  it('is told the nonce that one of the constraints renews', () => {
    const sender = connect(shows('x5t#S256'), shows('jkt', { renewedNonce: () => 'next' })).examine(presentation)
    expect(sender.renewedNonce()).toBe('next')
    expect(connect(shows('x5t#S256')).examine(presentation).renewedNonce()).toBeUndefined()
  })

  it('is not asked who it is where a token is only to be ended', () => {
    expect(anySender.compare(both, 'required')).toBeUndefined()
    expect(anySender.refusal() ?? anySender.spend(both) ?? anySender.renewedNonce()).toBeUndefined()
  })
})

describe('the sender constraints of a server', () => {
  it('are made by certificateBound() or dpop(), in a list, each once', () => {
    const made = shows('jkt')
    expect(() => connect(made, shows('jkt'))).toThrow('senderConstraints has two of a kind')
    for (const none of [made, [], null, 'dpop']) {
      expect(() => connectSenderConstraints(none as never, context)).toThrow('senderConstraints must be a list of one')
    }
    for (const other of [{}, { ...made }, undefined, null, 'dpop']) {
      expect(() => connect(other as never)).toThrow('senderConstraints[0] must be made by certificateBound() or dpop()')
    }
    expect(() => connectSenderConstraints([made, undefined] as never, context)).toThrow('senderConstraints[1]')
    expect(connectSenderConstraints(undefined, context).methods).toStrictEqual([])
  })

  it('say what metadata and challenges tell', () => {
    const scheme = { algorithms: 'ES256', required: false, nonce: () => undefined }
    const checks = connect(
      shows('x5t#S256', {}, { metadata: { tls_client_certificate_bound_access_tokens: true } }),
      shows('jkt', {}, { scheme, metadata: { dpop_signing_alg_values_supported: ['ES256'] } }),
    )
    expect(checks).toMatchObject({ methods: ['x5t#S256', 'jkt'], dpop: scheme })
    expect(checks.metadata).toStrictEqual({
      tls_client_certificate_bound_access_tokens: true,
      dpop_signing_alg_values_supported: ['ES256'],
    })
    expect(connect(shows('x5t#S256')).dpop).toBeUndefined()
  })

  it('are prepared where one of them has to be', async () => {
    let prepared = false
    const preparing = async () => {
      await Promise.resolve()
      prepared = true
    }
    expect(connect(shows('x5t#S256'), shows('jkt', {}, { prepare: () => undefined })).prepare()).toBeUndefined()
    await connect(shows('x5t#S256'), shows('jkt', {}, { prepare: preparing })).prepare()
    expect(prepared).toBe(true)
  })
})
