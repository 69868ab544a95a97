import { signatureVerifier } from '#signature'
import { describe, expect, it } from 'vitest'
import { checkKeySnapshot, type GivenKeySet, type KeySetSnapshot } from '../../src/keys/key-snapshot.js'
import { ConfigurationError, UpstreamError } from '../../src/outcomes/errors.js'
import { keyNamed, keysFromEndpoint, keysOf, MAX_AGE, REFRESH_AFTER, want } from '../support/key-endpoint.js'
import type { ManualClock } from '../support/manual-clock.js'
import { signer } from '../support/signing.js'

const down = () => new UpstreamError('connection-failed', 'down')

/** Keys named `a`, fetched so many milliseconds before the source begins. */
const fetchedBefore =
  (age: number, kids = ['a']) =>
  (clock: ManualClock): GivenKeySet => ({
    issuer: 'https://a.example',
    fetchedAt: clock.now() - age,
    jwks: { keys: kids.map(keyNamed) as never },
    option: 'keySnapshot.keySets[0]',
  })

describe('keys that were given', () => {
  it('serve from the first token on, without any fetch', async () => {
    const { source, upstream, find } = keysFromEndpoint({ given: fetchedBefore(1_000) })
    expect(await find('a')).toMatchObject({ result: 'found', keys: [{ algorithm: 'ES256' }] })
    expect(source.find(want('a'))).toMatchObject({ result: 'found' })
    await source.load()
    expect(upstream.fetches).toBe(0)
  })

  it('are imported before the first token where the runtime imports at once, and not before where it does not', async () => {
    const { source, find } = keysFromEndpoint({ given: fetchedBefore(1_000) })
    expect(source.atHand(want('a')) !== undefined).toBe(signatureVerifier.importsAtOnce)
    await find('a')
    expect(source.atHand(want('a'))).toHaveLength(1)
  })

  it('are imported once for a thousand tokens at once', async () => {
    const { find } = keysFromEndpoint({ given: fetchedBefore(1_000) })
    const lookups = await Promise.all(Array.from({ length: 1_000 }, () => find('a')))
    expect(new Set(lookups.flatMap(keysOf)).size).toBe(1)
  })

  it('are refreshed in the background once they are old, as any others', async () => {
    const { upstream, find } = keysFromEndpoint({ given: fetchedBefore(REFRESH_AFTER + 1) })
    upstream.held = true
    expect(await find('a')).toMatchObject({ result: 'found' })
    expect(upstream.fetches).toBe(1)
  })

  it('serve through an outage until the maximum age, which counts from when they were fetched', async () => {
    const { upstream, clock, find } = keysFromEndpoint({ given: fetchedBefore(MAX_AGE - 1_000) })
    upstream.failure = down()
    expect(await find('a')).toMatchObject({ result: 'found' })
    clock.advance(1_000)
    expect(await find('a')).toMatchObject({ result: 'found' })
    clock.advance(1)
    expect(await find('a')).toStrictEqual({ result: 'unavailable', reason: 'jwks-unreachable' })
  })

  it.each([
    ['older than the maximum age', MAX_AGE + 1],
    ['from a time that has not come', -1],
  ])('are not used when they are %s', async (_, age) => {
    const { upstream, find } = keysFromEndpoint({ given: fetchedBefore(age) })
    upstream.failure = down()
    expect(await find('a')).toStrictEqual({ result: 'unavailable', reason: 'jwks-unreachable' })
  })

  it('age while nobody uses them', async () => {
    const { upstream, clock, find } = keysFromEndpoint({ given: fetchedBefore(0) })
    upstream.failure = down()
    clock.advance(MAX_AGE + 1)
    expect(await find('a')).toMatchObject({ result: 'unavailable' })
  })

  it('make no name absent: that takes a fetch', async () => {
    const { upstream, find } = keysFromEndpoint({ given: fetchedBefore(1_000) })
    upstream.kids = ['b']
    expect(await find('b')).toMatchObject({ result: 'found' })
    expect(await find('a')).toStrictEqual({ result: 'absent' })
    expect(upstream.fetches).toBe(2)
  })

  it('are loaded anew where they are old, and do where that fails', async () => {
    const { source, upstream, find } = keysFromEndpoint({ given: fetchedBefore(REFRESH_AFTER + 1) })
    upstream.failure = down()
    await expect(source.load()).resolves.toBeUndefined()
    expect(upstream.fetches).toBe(1)
    expect(await find('a')).toMatchObject({ result: 'found' })
  })

  it('that only the crypto library finds unusable are reported, and then fetched', async () => {
    const { jwk } = signer('ES256')
    const notOnCurve = { ...jwk, kid: 'a', x: jwk['y'], y: jwk['x'] } as never
    const { upstream, find, events } = keysFromEndpoint({
      given: (clock) => ({ ...fetchedBefore(0)(clock), jwks: { keys: [notOnCurve] } }),
    })
    expect(await find('a')).toMatchObject({ result: 'found' })
    expect(upstream.fetches).toBe(1)
    expect(events[0]).toMatchObject({ type: 'jwk-ignored', problem: 'was refused by the crypto library' })
  })

  it.each([
    ['no key set', {}, 'must be a JSON Web Key Set'],
    ['null', null, 'must be a JSON Web Key Set'],
    ['nothing', undefined, 'must be a JSON Web Key Set'],
    ['text', '{"keys":[]}', 'must be a JSON Web Key Set'],
    ['no keys', { keys: [] }, 'must be a JSON Web Key Set'],
    ['a private key', { keys: [{ ...keyNamed('a'), d: 'AAAA' }] }, 'holds private or secret key material'],
    ['a key of another algorithm', { keys: [signer('RS256').jwk] }, 'fits none of the accepted algorithms'],
  ])('are refused where they cannot be used: %s', (_, jwks, problem) => {
    const make = () => keysFromEndpoint({ given: (clock) => ({ ...fetchedBefore(0)(clock), jwks: jwks as never }) })
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow('keySnapshot.keySets[0].jwks')
    expect(make).toThrow(problem)
  })

  it('are what they were when they were checked, whatever becomes of the object', async () => {
    const key = { ...keyNamed('a') }
    const { upstream, find } = keysFromEndpoint({
      given: (clock) => ({ ...fetchedBefore(0)(clock), jwks: { keys: [key as never] } }),
    })
    upstream.failure = down()
    Object.assign(key, { ...signer('ES256').jwk, kid: 'b' })
    expect(await find('b')).toMatchObject({ result: 'unavailable' })
    expect(await find('a')).toMatchObject({ result: 'found' })
  })

  it('are forgotten by close()', async () => {
    const { source, find } = keysFromEndpoint({ given: fetchedBefore(0) })
    source.close()
    expect(await find('a')).toStrictEqual({ result: 'unavailable', reason: 'resource-server-closed' })
    expect(source.snapshot()).toBeUndefined()
  })
})

describe('a snapshot of the keys', () => {
  it('is there once they were fetched, with the instant the fetch began, and no longer than they may be used', async () => {
    const { source, upstream, clock, find } = keysFromEndpoint()
    expect(source.snapshot()).toBeUndefined()
    const fetchedAt = clock.now()
    upstream.held = true
    const found = find('a')
    await new Promise((resolve) => setTimeout(resolve, 5))
    clock.advance(2_000)
    upstream.release()
    await found
    expect(source.snapshot()).toMatchObject({ issuer: 'https://a.example', fetchedAt })
    clock.advance(MAX_AGE)
    expect(source.snapshot()).toBeUndefined()
  })

  it('holds the usable keys alone, and of each what it takes to verify', async () => {
    const { source, upstream } = keysFromEndpoint()
    upstream.document = {
      keys: [
        { ...keyNamed('a'), x5c: ['certificate'] },
        { kty: 'oct', k: 'AAAA' },
        { ...keyNamed('b'), alg: 'ES256' },
      ],
    }
    await source.load()
    const { kty, crv, x, y } = keyNamed('a')
    expect(source.snapshot()?.jwks).toStrictEqual({
      keys: ['a', 'b'].map((kid) => ({ kty, crv, x, y, alg: 'ES256', kid })),
    })
  })

  it('is a copy: what becomes of it shows up in no other, and verifies nothing', async () => {
    const { source, find } = keysFromEndpoint()
    const before = await find('a')
    const snapshot = source.snapshot() as KeySetSnapshot
    const untouched = structuredClone(snapshot)
    Object.assign(snapshot.jwks.keys[0] as object, signer('ES256').jwk)
    Object.assign(snapshot.jwks, { keys: [] })
    expect(source.snapshot()).toStrictEqual(untouched)
    expect(keysOf(await find('a'))).toStrictEqual(keysOf(before))
  })

  it('keeps the age of keys that were given', async () => {
    const { source, clock, find } = keysFromEndpoint({ given: fetchedBefore(5_000) })
    const fetchedAt = clock.now() - 5_000
    await find('a')
    clock.advance(1_000)
    expect(source.snapshot()).toMatchObject({ fetchedAt })
  })
})

describe('checkKeySnapshot', () => {
  const keySet = { issuer: 'https://a.example', fetchedAt: 1, jwks: { keys: [] } }

  it('gives the sets by their issuers, each with its name in the options', () => {
    const other = { ...keySet, issuer: 'https://b.example' }
    const checked = checkKeySnapshot('keySnapshot', { keySets: [keySet, other] })
    expect(checked.get('https://b.example')).toStrictEqual({ ...other, option: 'keySnapshot.keySets[1]' })
    expect(checkKeySnapshot('keySnapshot', undefined).size).toBe(0)
  })

  it.each<[string, unknown, string]>([
    ['text', '{"keySets":[]}', 'keySnapshot is text; give what JSON.parse makes of it'],
    ['null', null, 'keySnapshot takes a plain object'],
    ['a list', [keySet], 'keySnapshot takes a plain object'],
    ['a key set', { keys: [] }, 'keySnapshot.keys is not an option'],
    ['nothing in it', {}, 'keySnapshot must be what exportKeys() gave'],
    ['sets that are no list', { keySets: keySet }, 'keySnapshot must be what exportKeys() gave'],
    ['a set that is none', { keySets: [keySet, null] }, 'keySnapshot.keySets[1] takes a plain object'],
    ['more than is known', { keySets: [{ ...keySet, ttl: 1 }] }, 'keySnapshot.keySets[0].ttl is not an option'],
    ['no issuer', { keySets: [{ ...keySet, issuer: '' }] }, 'keySnapshot.keySets[0].issuer must be an issuer'],
    ['an instant as text', { keySets: [{ ...keySet, fetchedAt: '1' }] }, 'fetchedAt must be a number'],
    ['no instant', { keySets: [{ ...keySet, fetchedAt: NaN }] }, 'fetchedAt must be a number'],
    ['an endless instant', { keySets: [{ ...keySet, fetchedAt: Infinity }] }, 'fetchedAt must be a number'],
    ['an issuer twice', { keySets: [keySet, keySet] }, 'keySnapshot.keySets[1].issuer repeats an issuer'],
  ])('says what is wrong with %s', (_, snapshot, message) => {
    expect(() => checkKeySnapshot('keySnapshot', snapshot)).toThrow(ConfigurationError)
    expect(() => checkKeySnapshot('keySnapshot', snapshot)).toThrow(message)
  })
})
