import { describe, expect, it } from 'vitest'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

describe('the generic profile', () => {
  it.each([undefined, 'JWT', 'at+jwt', 'application/at+jwt'])('takes typ %j', async (typ) => {
    const issuer = await testIssuer()
    expect(await serverFor(issuer).api.authorize(withToken(issuer.token({}, { typ })))).toMatchObject({
      outcome: 'granted',
    })
  })

  it.each([
    ['at_hash', { at_hash: 'x' }],
    ['c_hash', { c_hash: 'x' }],
    ['token_use', { token_use: 'id' }],
  ])('takes a token with %s for an ID token', async (_, claims) => {
    const issuer = await testIssuer()
    expect(await serverFor(issuer).api.authorize(withToken(issuer.token(claims)))).toMatchObject({
      reason: 'id-token-presented',
    })
  })

  it.each([{}, null, { nested: {} }])('takes no logout token, whatever its event holds: %j', async (event) => {
    const issuer = await testIssuer()
    const events = { 'http://schemas.openid.net/event/backchannel-logout': event }
    const { api } = serverFor(issuer, { audience: null })
    expect(await api.authorize(withToken(issuer.token({ events })))).toMatchObject({
      status: 401,
      reason: 'logout-token-presented',
    })
  })

  it('takes a token with events of another kind', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    for (const events of [{ conference: {} }, ['concert'], 'concert']) {
      expect(await api.authorize(withToken(issuer.token({ events })))).toMatchObject({ outcome: 'granted' })
    }
  })

  it('needs its audience among those of the token', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { audience: ['orders-api', 'https://orders.example.com'] })
    for (const aud of ['orders-api', 'https://orders.example.com', ['x', 'orders-api']]) {
      expect(await api.authorize(withToken(issuer.token({ aud })))).toMatchObject({ outcome: 'granted' })
    }
    for (const aud of ['orders', 'orders-api ', [], ['x'], undefined]) {
      expect(await api.authorize(withToken(issuer.token({ aud })))).toMatchObject({ reason: 'audience-not-accepted' })
    }
  })

  it('takes any audience where that was written out', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { audience: null })
    for (const aud of ['other-api', undefined]) {
      expect(await api.authorize(withToken(issuer.token({ aud })))).toMatchObject({ outcome: 'granted' })
    }
  })

  it.each([
    ['scope as text', { scope: 'a b' }, ['a', 'b']],
    ['scope as a list', { scope: ['a', 'b'] }, ['a', 'b']],
    ['scp', { scp: ['a', 'b'] }, ['a', 'b']],
    ['scope before scp', { scope: 'a', scp: 'b' }, ['a']],
    ['none', {}, []],
  ])('reads scopes: %s', async (_, claims, scopes) => {
    const issuer = await testIssuer()
    expect(await serverFor(issuer).api.verify(issuer.token(claims))).toMatchObject({ scopes })
  })

  it('takes a scope claim of the wrong type for a malformed one, though scp be there', async () => {
    const issuer = await testIssuer()
    await expect(serverFor(issuer).api.verify(issuer.token({ scope: null, scp: ['a'] }))).rejects.toMatchObject({
      code: 'claims-malformed',
    })
  })

  it('reads the client from client_id, then azp', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    expect(await api.verify(issuer.token({ azp: 'party' }))).toMatchObject({ clientId: 'client' })
    expect(await api.verify(issuer.token({ client_id: undefined, azp: 'party' }))).toMatchObject({ clientId: 'party' })
    expect(await api.verify(issuer.token({ client_id: undefined }))).toMatchObject({ clientId: undefined })
    await expect(api.verify(issuer.token({ azp: ['party'] }))).rejects.toMatchObject({ code: 'claims-malformed' })
  })

  it('reads groups', async () => {
    const issuer = await testIssuer()
    expect(await serverFor(issuer).api.verify(issuer.token({ groups: ['admin'] }))).toMatchObject({ groups: ['admin'] })
  })
})

describe('the RFC 9068 profile', () => {
  const at = { typ: 'at+jwt' }
  const complete = { jti: 'j' }

  it('takes a token that keeps to it', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) {
      expect(await api.authorize(withToken(issuer.token(complete, { typ })))).toMatchObject({ outcome: 'granted' })
    }
  })

  it.each([undefined, 'JWT', 'jwt', 'dpop+jwt'])('refuses typ %j', async (typ) => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    expect(await api.authorize(withToken(issuer.token(complete, { typ })))).toMatchObject({
      reason: 'token-type-not-accepted',
    })
  })

  it.each(['iat', 'jti', 'client_id', 'sub', 'exp'])('refuses a token without %s', async (name) => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    const token = issuer.token({ ...complete, [name]: undefined }, at)
    expect(await api.authorize(withToken(token))).toMatchObject({ reason: 'claims-malformed' })
  })

  it('refuses another audience', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    expect(await api.authorize(withToken(issuer.token({ ...complete, aud: 'other-api' }, at)))).toMatchObject({
      reason: 'audience-not-accepted',
    })
  })

  it('requires an audience, also where any is accepted', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068', audience: null })
    for (const aud of [undefined, []]) {
      expect(await api.authorize(withToken(issuer.token({ ...complete, aud }, at)))).toMatchObject({
        reason: 'claims-malformed',
      })
    }
  })

  it('does not read scp', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, { profile: 'rfc9068' })
    expect(await api.verify(issuer.token({ ...complete, scp: ['a'] }, at))).toMatchObject({ scopes: [] })
  })
})
