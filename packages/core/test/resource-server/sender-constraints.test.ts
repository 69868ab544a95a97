import { describe, expect, it } from 'vitest'
import {
  type ClaimsSchema,
  combinePolicies,
  createResourceServer,
  definePolicy,
  inMemoryRevocationList,
  type RoutePolicy,
  type SenderConstraint,
} from '../../src/index.js'
import type { TokenPresentation } from '../../src/tokens/sender-constraint.js'
import { introspectedApi } from '../support/introspected-api.js'
import { constraintOf } from '../support/sender-constraints.js'
import { serverFor, testIssuer, withToken } from '../support/test-issuer.js'

const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const certificate = { 'x5t#S256': thumbprint }

/** Holds tokens to whom the request names in a header, and notes what it was asked. */
function namedSender(steps: string[] = []) {
  return constraintOf('x5t#S256', ({ request, scheme, token }: TokenPresentation) => {
    steps.push(`examine ${scheme}`)
    const shown = request === undefined ? undefined : (request as { headers: Record<string, string> }).headers['sender']
    return {
      refusal() {
        steps.push(`refusal of ${token.length > 0}`)
        return shown === 'broken' ? 'certificate-malformed' : undefined
      },
      compare({ confirmation }) {
        steps.push('compare')
        const bound = confirmation?.['x5t#S256']
        return bound === undefined ? false : bound === shown || 'certificate-mismatch'
      },
      spend() {
        steps.push('spend')
        return shown === 'spent' ? 'dpop-proof-replayed' : undefined
      },
    }
  })
}

/** What a token says, unverified. */
const claimsIn = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())

const sent = (token: string, sender?: string) => withToken(token, sender === undefined ? {} : { headers: { sender } })

async function boundApi(steps: string[] = [], cnf: unknown = certificate, constraint = namedSender(steps)) {
  const issuer = await testIssuer()
  const revocationList = inMemoryRevocationList()
  const { api, events } = serverFor(issuer, {}, { senderConstraints: [constraint], revocationList })
  return { issuer, api, events, revocationList, token: issuer.token({ cnf, jti: 'j', scope: 'a' }) }
}

describe('a token that is bound to its sender', () => {
  it('is accepted with what proves it, and refused without, on every route', async () => {
    const { api, token } = await boundApi()
    for (const senderConstrained of ['if-bound', 'required'] as const) {
      expect(await api.authorize(sent(token, thumbprint), { senderConstrained })).toMatchObject({ outcome: 'granted' })
      for (const sender of ['somebody-else', undefined]) {
        const outcome = await api.authorize(sent(token, sender), { senderConstrained })
        expect(outcome).toMatchObject({ status: 401, reason: 'certificate-mismatch', body: { error: 'invalid_token' } })
      }
    }
  })

  it('is refused where the answer is repeated to whoever sends it', async () => {
    const { api, token, issuer } = await boundApi()
    expect(await api.authorize(sent(token, thumbprint), { heldFor: '1s' })).toMatchObject({
      outcome: 'refused',
      reason: 'sender-constraint-unchecked',
    })
    const free = await api.authorize(sent(issuer.token({ scope: 'a' }), thumbprint), { heldFor: '1s' })
    expect(free).toMatchObject({ outcome: 'granted' })
    expect(() => api.policy({ heldFor: '1s', senderConstrained: 'required' })).toThrow(
      'policy.senderConstrained is for decisions about one request',
    )
    const [held, bound] = [definePolicy({ heldFor: '1s' }), definePolicy({ senderConstrained: 'required' })]
    expect(() => combinePolicies(held, bound)).toThrow('policy.senderConstrained is for decisions about one request')
  })

  it('is refused where its claims come alone, and so is any where a sender has to be shown', async () => {
    const { api, issuer } = await boundApi()
    const { cnf: _, ...free } = claimsIn(issuer.token({ cnf: certificate, scope: 'a' }))
    const reasonFor = async (claims: Record<string, unknown>, policy: RoutePolicy) => {
      const outcome = await (await api.presentClaims(claims)).authorize(policy)
      return outcome.outcome === 'granted' ? 'granted' : outcome.reason
    }
    expect(await reasonFor(free, {})).toBe('granted')
    expect(await reasonFor(free, { senderConstrained: 'required' })).toBe('sender-constraint-missing')
    expect(await reasonFor({ ...free, cnf: certificate }, {})).toBe('sender-constraint-unchecked')
  })

  it('is refused where it comes alone, as in a queue', async () => {
    const { api, token, issuer } = await boundApi()
    await expect(api.verify(token)).rejects.toMatchObject({ code: 'certificate-mismatch', status: 401 })
    await expect(serverFor(issuer).api.verify(token)).rejects.toMatchObject({ code: 'sender-constraint-unchecked' })
  })

  it('is refused where nothing checks what it is bound to, also beside something that is checked', async () => {
    for (const cnf of [{ ...certificate, jkt: thumbprint }, { ...certificate, jwk: {} }, { kid: 'a' }, null, {}]) {
      const { api, token } = await boundApi([], cnf)
      expect(await api.authorize(sent(token, thumbprint))).toMatchObject({ reason: 'sender-constraint-unchecked' })
    }
  })

  it('can be ended by whoever has it: that takes nothing from anybody', async () => {
    const { api, token } = await boundApi()
    expect(await api.signOut(token, { ends: 'token', tell: async () => {} })).toMatchObject({ list: 'stored' })
    expect(await api.authorize(sent(token, thumbprint))).toMatchObject({ reason: 'token-revoked' })
  })

  it('is held to its sender again and again while a connection is open', async () => {
    const steps: string[] = []
    const { api, token } = await boundApi(steps)
    const granted = await api.authorize(sent(token, thumbprint), { maxRevocationLag: 'token-lifetime' })
    const watch = api.watch(granted as never)
    expect(await watch.beforeMessage()).toBeUndefined()
    expect(steps.filter((step) => step.startsWith('examine'))).toHaveLength(1)
    watch.stop()
  })
})

describe('a sender', () => {
  const schema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const
  const policies: Readonly<Record<string, RoutePolicy<ClaimsSchema | undefined>>> = {
    nothing: {},
    'a schema': { claims: schema },
    'a decision': { action: 'read' },
  }

  /** What a sender of that name comes to, by a constraint that answers at once or later. */
  async function verdicts(isLate: boolean, policy: RoutePolicy<ClaimsSchema | undefined>) {
    const answer = <Value>(value: Value) => (isLate ? Promise.resolve(value) : value)
    const constraint = constraintOf('x5t#S256', ({ request }: TokenPresentation) => {
      const name = (request as { headers: Record<string, string> }).headers['sender']
      return {
        compare: () => answer(name === 'stranger' ? 'certificate-mismatch' : true),
        spend: () => answer(name === 'spent' ? 'dpop-proof-replayed' : undefined),
      }
    })
    const issuer = await testIssuer()
    const decisionPoint = { decide: () => ({ decision: 'permit' as const }) }
    const { api } = serverFor(issuer, {}, { senderConstraints: [constraint], decisionPoint })
    const token = issuer.token({ cnf: certificate })
    const found: string[] = []
    // More than once, as tokens that come again are remembered.
    for (const sender of ['owner', 'stranger', 'spent', 'owner', 'stranger', 'spent', 'stranger']) {
      const outcome = await api.authorize(sent(token, sender), policy)
      found.push(outcome.outcome === 'granted' ? 'granted' : outcome.reason)
    }
    return found
  }

  it.each(
    Object.keys(policies).flatMap((waitsFor) => [
      [waitsFor, 'at once', false] as const,
      [waitsFor, 'later', true] as const,
    ]),
  )('is held to what it shows where a route waits for %s and that is known %s', async (waitsFor, _, isLate) => {
    const refused = ['certificate-mismatch', 'dpop-proof-replayed']
    expect(await verdicts(isLate, policies[waitsFor] as RoutePolicy)).toStrictEqual([
      'granted',
      ...refused,
      'granted',
      ...refused,
      'certificate-mismatch',
    ])
  })

  it('shows nothing where nothing is configured, however often a bound token comes', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer)
    const token = issuer.token({ cnf: certificate })
    for (let i = 0; i < 4; i++) {
      expect(await api.authorize(sent(token))).toMatchObject({ status: 401, reason: 'sender-constraint-unchecked' })
    }
  })
})

describe('a token that is not bound', () => {
  it('is accepted where that is not demanded', async () => {
    const { api, issuer } = await boundApi()
    const request = sent(issuer.token({ scope: 'a' }))
    expect(await api.authorize(request)).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(request, { senderConstrained: 'if-bound' })).toMatchObject({ outcome: 'granted' })
    expect(await api.authorize(request, { senderConstrained: 'required' })).toMatchObject({
      status: 401,
      reason: 'sender-constraint-missing',
      body: { error: 'invalid_token', error_description: expect.stringContaining('bound to its sender') },
    })
  })
})

describe('the order of checks', () => {
  it('compares before anything that costs, and spends right before evidence', async () => {
    const steps: string[] = []
    const { api, issuer, revocationList } = await boundApi(steps)
    const authorize = async (claims: Record<string, unknown>, sender = thumbprint) => {
      steps.length = 0
      return api.authorize(sent(issuer.token({ cnf: certificate, ...claims }), sender), { scopes: ['a'] })
    }
    expect(await authorize({ exp: 1 })).toMatchObject({ reason: 'token-expired' })
    expect(steps).toStrictEqual(['examine Bearer'])
    await revocationList.add({ kind: 'token', issuer: issuer.options.issuer, jti: 'revoked', expiresAt: 2e12 })
    expect(await authorize({ jti: 'revoked', scope: 'a' }, 'other')).toMatchObject({ reason: 'certificate-mismatch' })
    expect(await authorize({ jti: 'revoked', scope: 'a' })).toMatchObject({ reason: 'token-revoked' })
    expect(await authorize({ scope: 'b' })).toMatchObject({ reason: 'scope-missing' })
    expect(steps).toStrictEqual(['examine Bearer', 'compare'])
    expect(await authorize({ scope: 'a' })).toMatchObject({ outcome: 'granted' })
    expect(steps).toStrictEqual(['examine Bearer', 'compare', 'spend'])
  })

  it('spends nothing in a precheck', async () => {
    const steps: string[] = []
    const { api, token } = await boundApi(steps)
    expect(await api.precheck(sent(token, thumbprint))).toStrictEqual({ outcome: 'passed' })
    expect(await api.precheck(sent(token, 'other'))).toMatchObject({ reason: 'certificate-mismatch' })
    expect(steps).not.toContain('spend')
  })

  it('asks nobody about a token whose proof has served', async () => {
    const steps: string[] = []
    const { server, api } = await introspectedApi({}, { senderConstraints: [namedSender(steps)] })
    const token = await server.accessToken({ cnf: certificate })
    const refusing = sent(token, 'spent')
    expect(await api.authorize(refusing, { maxRevocationLag: '0s' })).toMatchObject({ reason: 'certificate-mismatch' })
    expect(server.introspection.hits).toBe(0)
  })
})

describe('what an authorization server answers about a token', () => {
  const live = { maxRevocationLag: '0s' } as const

  it('binds an opaque token, on every request', async () => {
    const steps: string[] = []
    const { server, api } = await introspectedApi({}, { senderConstraints: [namedSender(steps)] })
    const token = await server.opaqueToken({ cnf: certificate })
    for (const policy of [live, { maxRevocationLag: '30s' }] as const) {
      expect(await api.authorize(sent(token, thumbprint), policy)).toMatchObject({ outcome: 'granted' })
      expect(await api.authorize(sent(token, 'other'), policy)).toMatchObject({ reason: 'certificate-mismatch' })
      expect(await api.authorize(sent(token), policy)).toMatchObject({ reason: 'certificate-mismatch' })
    }
    expect(steps.slice(0, 4)).toStrictEqual(['examine Bearer', 'refusal of true', 'compare', 'spend'])
  })

  it('is not asked for where what is shown is broken', async () => {
    const { server, api } = await introspectedApi({}, { senderConstraints: [namedSender()] })
    const token = await server.opaqueToken({ cnf: certificate })
    expect(await api.authorize(sent(token, 'broken'), live)).toMatchObject({ reason: 'certificate-malformed' })
    expect(server.introspection.hits).toBe(0)
  })

  it('binds a JWT that does not say so itself, where it is asked', async () => {
    const { server, api } = await introspectedApi({}, { senderConstraints: [namedSender()] })
    const token = await server.accessToken()
    server.introspection.answerWith(token, { cnf: certificate })
    expect(await api.authorize(sent(token, 'other'), live)).toMatchObject({ reason: 'certificate-mismatch' })
    expect(await api.authorize(sent(token, thumbprint), { ...live, senderConstrained: 'required' })).toMatchObject({
      reason: 'sender-constraint-missing',
    })
    expect(await api.authorize(sent(token, thumbprint), live)).toMatchObject({ outcome: 'granted' })
  })

  it('does not unbind a JWT', async () => {
    const { server, api } = await introspectedApi({}, { senderConstraints: [namedSender()] })
    const token = await server.accessToken({ cnf: certificate })
    server.introspection.answerWith(token, { cnf: undefined })
    expect(await api.authorize(sent(token, 'other'), live)).toMatchObject({ reason: 'certificate-mismatch' })
    expect(await api.authorize(sent(token, thumbprint), live)).toMatchObject({ outcome: 'granted' })
    server.introspection.answerWith(token, { cnf: { jkt: thumbprint } })
    expect(await api.authorize(sent(token, thumbprint), live)).toMatchObject({
      reason: 'introspection-contradicts-token',
    })
  })
})

describe('senderConstrained', () => {
  it('is required or if-bound, and can be demanded only where something is checked', async () => {
    expect(definePolicy({}).senderConstrained).toBe('if-bound')
    expect(definePolicy({ senderConstrained: 'required' }).senderConstrained).toBe('required')
    for (const wrong of ['if-available', true, null, undefined]) {
      expect(() => definePolicy({ senderConstrained: wrong as never })).toThrow('policy.senderConstrained')
    }
    const { api } = serverFor(await testIssuer())
    expect(() => api.policy({ senderConstrained: 'required' })).toThrow('policy.senderConstrained can never be met')
    expect(() => api.policy({ senderConstrained: 'if-bound' })).not.toThrow()
  })

  it('is required where one of several policies requires it', () => {
    const [strict, loose] = [definePolicy({ senderConstrained: 'required' }), definePolicy({})]
    expect(combinePolicies(loose, strict).senderConstrained).toBe('required')
    expect(combinePolicies(strict, loose).senderConstrained).toBe('required')
    expect(combinePolicies(loose, loose).senderConstrained).toBe('if-bound')
  })

  it('is explained, with what is checked', async () => {
    const { api, issuer } = await boundApi()
    expect(api.explain({ senderConstrained: 'required' })).toMatchObject({
      senderConstrained: 'required',
      confirmationMethods: ['x5t#S256'],
    })
    expect(serverFor(issuer).api.explain()).toMatchObject({ senderConstrained: 'if-bound', confirmationMethods: [] })
  })
})

describe('what clients are told', () => {
  const algorithms = 'ES256 RS256'
  const dpopScheme = (required = false, nonce?: string): SenderConstraint =>
    constraintOf('jkt', () => ({ compare: () => true }), {
      scheme: { algorithms, required, nonce: () => nonce },
      metadata: { dpop_signing_alg_values_supported: ['ES256', 'RS256'] },
    })
  const challengeOf = async (senderConstraints: readonly SenderConstraint[], request: object, policy = {}) => {
    const { api } = serverFor(await testIssuer(), {}, { senderConstraints })
    const outcome = await api.authorize(request as never, policy)
    return outcome.outcome === 'refused' ? outcome.headers : undefined
  }
  const malformed = (scheme: string) => ({ method: 'GET', url: '/', headers: { authorization: `${scheme} x.y.z` } })
  const error = 'error="invalid_token", error_description="The access token is invalid"'

  it('is both schemes, and the error under the one that was used (RFC 9449 §7.1, §7.2)', async () => {
    expect(await challengeOf([dpopScheme()], { method: 'GET', url: '/', headers: {} })).toStrictEqual({
      'WWW-Authenticate': `Bearer realm="api", DPoP realm="api", algs="${algorithms}"`,
      'Cache-Control': 'no-store',
    })
    expect(await challengeOf([dpopScheme()], malformed('Bearer'))).toMatchObject({
      'WWW-Authenticate': `Bearer realm="api", ${error}, DPoP realm="api", algs="${algorithms}"`,
    })
    expect(await challengeOf([dpopScheme()], malformed('dpop'))).toMatchObject({
      'WWW-Authenticate': `DPoP realm="api", ${error}, algs="${algorithms}", Bearer realm="api"`,
    })
  })

  it('is no scheme under which no token is taken', async () => {
    const dpopAlone = `DPoP realm="api", ${error}, algs="${algorithms}"`
    const required = { senderConstrained: 'required' }
    expect(await challengeOf([dpopScheme(true)], malformed('Bearer'))).toMatchObject({ 'WWW-Authenticate': dpopAlone })
    expect(await challengeOf([dpopScheme()], malformed('Bearer'), required)).toMatchObject({
      'WWW-Authenticate': dpopAlone,
    })
    expect(await challengeOf([namedSender(), dpopScheme()], malformed('Bearer'), required)).toMatchObject({
      'WWW-Authenticate': expect.stringMatching(/^Bearer .*, DPoP /),
    })
    expect(await challengeOf([namedSender()], malformed('DPoP'), required)).toMatchObject({
      'WWW-Authenticate': 'Bearer realm="api"',
    })
  })

  it('holds the nonce of the next proof', async () => {
    expect(await challengeOf([dpopScheme(false, 'next')], malformed('DPoP'))).toMatchObject({ 'DPoP-Nonce': 'next' })
    expect(await challengeOf([dpopScheme()], malformed('DPoP'))).not.toHaveProperty('DPoP-Nonce')
  })

  it('is told in the metadata, too (RFC 9728 §2)', async () => {
    const issuer = await testIssuer()
    const { api } = serverFor(issuer, {}, { senderConstraints: [dpopScheme()], resource: 'https://api.example' })
    expect(api.metadata().document).toMatchObject({ dpop_signing_alg_values_supported: ['ES256', 'RS256'] })
  })

  it('takes the scheme DPoP for none where it is none', async () => {
    expect(() => createResourceServer({ issuers: [], senderConstraints: [] })).toThrow('issuers')
    const { api } = await boundApi()
    expect((await api.present(malformed('DPoP'))).credentials).toBe('none')
    expect((await api.present(malformed('Bearer'))).credentials).toBe('present')
  })
})
