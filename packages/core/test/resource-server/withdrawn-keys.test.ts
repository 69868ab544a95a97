import { describe, expect, it } from 'vitest'
import type { Denied } from '../../src/index.js'
import { mustBeGranted } from '../support/introspected-api.js'
import { json } from '../support/loopback-server.js'
import { signer } from '../support/signing.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('a withdrawn key', () => {
  it('is refused after the next refresh', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { refreshAfter: '1m' })
    await api.ready()
    issuer.jwks.answer = json({ keys: [signer().jwk] })
    issuer.clock.advance(61_000)
    await api.ready()
    expect(await api.authorize(withToken(issuer.token()))).toMatchObject({ status: 401, reason: 'unknown-key' })
  })

  it('is refused in a request that was presented before, too', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { refreshAfter: '1m' })
    const presented = await api.present(withToken(issuer.token()))
    expect(await presented.authorize()).toMatchObject({ outcome: 'granted' })
    issuer.jwks.answer = json({ keys: [signer().jwk] })
    issuer.clock.advance(61_000)
    await api.ready()
    expect(await presented.authorize()).toMatchObject({ status: 401, reason: 'unknown-key' })
  })

  it('ends what was presented by nothing that comes and goes again', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { refreshAfter: '1m', maxAge: '2m' })
    const presented = await api.present(withToken(issuer.token()))
    issuer.jwks.answer = json({}, 503)
    issuer.clock.advance(121_000)
    expect(await presented.authorize()).toMatchObject({ status: 503, reason: 'jwks-unreachable' })
    issuer.jwks.answer = json({ keys: [issuer.key.jwk] })
    issuer.clock.advance(5_000)
    expect(await presented.authorize()).toMatchObject({ outcome: 'granted' })
  })
})

describe('a watch on a connection', () => {
  it('ends as soon as a key set comes without the key of its token, and asks nobody else', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { refreshAfter: '1m' })
    const granted = mustBeGranted(await api.authorize(withToken(issuer.token())))
    const told: Denied[] = []
    const watch = api.watch(granted, { onEnd: (denied) => told.push(denied) })
    issuer.clock.advance(61_000)
    await api.ready()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await watch.beforeMessage()).toBeUndefined()
    issuer.jwks.answer = json({ keys: [signer('RS256').jwk] })
    issuer.clock.advance(61_000)
    await api.ready()
    await expect.poll(() => told).toMatchObject([{ status: 401, reason: 'unknown-key' }])
    expect(await watch.beforeMessage()).toBe(told[0])
  })

  it('ends with the next message where no keys are left that are young enough, and none can be had', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { refreshAfter: '1m', maxAge: '2m' })
    const watch = api.watch(mustBeGranted(await api.authorize(withToken(issuer.token()))))
    issuer.clock.advance(121_000)
    // Whoever waits for a message brings the keys.
    expect(await watch.beforeMessage()).toBeUndefined()
    expect(issuer.jwks.requests).toHaveLength(2)
    issuer.jwks.answer = json({}, 503)
    issuer.clock.advance(121_000)
    expect(await watch.beforeMessage()).toMatchObject({ status: 503, reason: 'jwks-unreachable' })
  })
})
