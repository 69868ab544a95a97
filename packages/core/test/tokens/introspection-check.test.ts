import { describe, expect, it } from 'vitest'
import { genericProfile } from '../../src/issuers/jwt-profiles.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import type { TokenwardEvent } from '../../src/outcomes/events.js'
import type { UpstreamCode } from '../../src/outcomes/upstream-codes.js'
import { createIntrospectionCheck } from '../../src/tokens/introspection-check.js'
import type { LiveAnswer } from '../../src/tokens/live-check.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { readInstant } from '../../src/transport/clock.js'
import type { IntrospectionResponse } from '../../src/vocabulary/introspection-response.js'
import { manualClock } from '../support/manual-clock.js'

const ISSUER = 'https://auth.example.com'
const INACTIVE: IntrospectionResponse = { active: false }

/** A check whose calls are answered by hand. */
function setUp({ maxConcurrency = 100, opaqueTokens = true } = {}) {
  const clock = manualClock(1_700_000_000_000)
  const events: TokenwardEvent[] = []
  const asked: [token: string, timeout: number][] = []
  const current = { answer: (): Promise<IntrospectionResponse> => Promise.resolve(INACTIVE) }
  const check = createIntrospectionCheck({
    client: {
      introspect(token, timeout) {
        asked.push([token, timeout])
        return current.answer()
      },
    },
    clock,
    emit: (event) => events.push(event),
    issuer: ISSUER,
    profile: genericProfile({ audience: null }),
    times: { clockTolerance: 5_000, maxTokenAge: undefined },
    maxAgeWithoutExp: 60_000,
    timeout: 3_000,
    maxConcurrency,
    opaqueTokens,
  })
  const ask = (credible = true, facts?: TokenFacts): Promise<LiveAnswer> =>
    check.ask({ token: 't', facts, credible, sentAt: readInstant(clock) })
  const failWith = (code: UpstreamCode, httpStatus?: number) => {
    current.answer = () => Promise.reject(new UpstreamError(code, 'failed', { httpStatus }))
  }
  const codeOf = (answered: Promise<unknown>) =>
    answered.then(
      () => 'answered',
      (error: UpstreamError) => error.code,
    )
  return { clock, events, asked, current, check, ask, failWith, codeOf }
}

const facts: TokenFacts = {
  issuer: ISSUER,
  subject: 'u1',
  clientId: undefined,
  scopes: ['a', 'b'],
  groups: [],
  claims: { iss: ISSUER, sub: 'u1', exp: 1_700_000_600 },
  expiresAt: 1_700_000_600_000,
  issuedAt: undefined,
}

describe('introspection', () => {
  it('reaches every JWT of its issuer, and opaque tokens where that was said', () => {
    expect(setUp().check).toMatchObject({ endpoints: ['introspection'] })
    expect([setUp().check.reaches(facts), setUp().check.reaches(undefined)]).toStrictEqual([true, true])
    const { check } = setUp({ opaqueTokens: false })
    expect([check.reaches(facts), check.reaches(undefined)]).toStrictEqual([true, false])
  })

  it('asks about the token, within the timeout', async () => {
    const { asked, ask } = setUp()
    expect(await ask()).toStrictEqual({ active: false })
    expect(asked).toStrictEqual([['t', 3_000]])
  })

  it('reads an active answer for what kind of token it is about', async () => {
    const { clock, current, ask } = setUp()
    const exp = clock.now() / 1_000 + 60
    current.answer = async () => ({ active: true, members: { active: true, sub: 'u1', scope: 'a c', exp } })
    expect(await ask(true, facts)).toMatchObject({ active: true, facts: { scopes: ['a'], expiresAt: exp * 1_000 } })
    expect(await ask(true)).toMatchObject({ active: true, facts: { scopes: ['a', 'c'], claims: { scope: 'a c' } } })
    current.answer = async () => ({ active: true, members: { active: true } })
    expect(await ask(true, facts)).toStrictEqual({ active: true, facts: undefined })
    expect(await ask(true)).toStrictEqual({ active: true, facts: 'claims-malformed' })
  })

  it('reports every answer that contradicts the token it was asked about', async () => {
    const { clock, current, events, ask } = setUp()
    current.answer = async () => ({ active: true, members: { active: true, sub: 'somebody else' } })
    const contradiction = { type: 'introspection-contradiction', at: clock.now(), issuer: ISSUER, clientId: 'app' }
    for (let answers = 1; answers <= 2; answers++) {
      expect(await ask(true, { ...facts, clientId: 'app' })).toStrictEqual({
        active: true,
        facts: 'introspection-contradicts-token',
      })
      expect(events).toStrictEqual(Array.from({ length: answers }, () => contradiction))
    }
  })

  it('counts the age of an answer without exp from when the call was sent', async () => {
    const { clock, current, ask } = setUp()
    const sent = clock.now()
    current.answer = async () => {
      clock.advance(2_000)
      return { active: true, members: { active: true, sub: 'u1' } }
    }
    expect(await ask()).toMatchObject({ facts: { expiresAt: sent + 60_000 - 5_000 } })
  })
})

describe('the circuit', () => {
  it.each<[UpstreamCode, number | undefined, boolean]>([
    ['connection-failed', undefined, true],
    ['connection-failed', undefined, false],
    ['timeout', undefined, true],
    ['timeout', undefined, false],
    ['server-error', 500, true],
    ['unexpected-content', undefined, true],
    ['unexpected-content-type', undefined, true],
    ['too-large', undefined, true],
    ['redirect', 302, true],
    ['unexpected-status', 204, true],
  ])('opens after five times %s (%s), credible: %s', async (code, status, credible) => {
    const { asked, ask, failWith, codeOf } = setUp()
    failWith(code, status)
    for (let i = 0; i < 5; i++) expect(await codeOf(ask(credible))).toBe(code)
    expect(await codeOf(ask(true))).toBe('circuit-open')
    expect(asked).toHaveLength(5)
  })

  it.each<[UpstreamCode, number | undefined, boolean]>([
    ['server-error', 500, false],
    ['unexpected-content', undefined, false],
    ['unexpected-content-type', undefined, false],
    ['too-large', undefined, false],
    ['redirect', 302, false],
    ['unexpected-status', 204, false],
    ['unexpected-status', 400, true],
    ['unexpected-status', 400, false],
    ['unexpected-status', 404, true],
    ['client-rejected', 401, true],
    ['throttled', 429, true],
    ['credentials-unavailable', undefined, true],
    ['issuer-mismatch', undefined, true],
    ['no-usable-key', undefined, true],
    ['interrupted', undefined, true],
    ['closed', undefined, true],
  ])('stays closed after any number of %s (%s), credible: %s', async (code, status, credible) => {
    const { ask, failWith, codeOf } = setUp()
    failWith(code, status)
    for (let i = 0; i < 20; i++) expect(await codeOf(ask(credible))).toBe(code)
  })

  it.each<[UpstreamCode, number, boolean, 'open' | 'closed']>([
    ['unexpected-status', 400, true, 'closed'],
    ['client-rejected', 401, false, 'closed'],
    ['throttled', 429, false, 'closed'],
    ['unexpected-status', 400, false, 'open'],
    ['server-error', 500, false, 'open'],
  ])('hears from %s (%i), credible: %s, whether the server is there: %s', async (code, status, credible, state) => {
    const { ask, failWith, codeOf } = setUp()
    failWith('timeout')
    for (let i = 0; i < 4; i++) await codeOf(ask())
    failWith(code, status)
    await codeOf(ask(credible))
    failWith('timeout')
    await codeOf(ask())
    expect(await codeOf(ask())).toBe(state === 'open' ? 'circuit-open' : 'timeout')
  })

  it('closes when the server answers again', async () => {
    const { clock, current, ask, failWith, codeOf } = setUp()
    failWith('timeout')
    for (let i = 0; i < 5; i++) await codeOf(ask())
    expect(await codeOf(ask())).toBe('circuit-open')
    current.answer = async () => INACTIVE
    clock.advance(200)
    expect(await ask()).toStrictEqual({ active: false })
    expect(await ask()).toStrictEqual({ active: false })
  })

  it('learns nothing from an error of the application', async () => {
    const { current, ask } = setUp()
    current.answer = () => Promise.reject(new TypeError('a mistake'))
    for (let i = 0; i < 20; i++) await expect(ask()).rejects.toThrow(TypeError)
  })
})

describe('the limit of calls at once', () => {
  const never = () => new Promise<IntrospectionResponse>(() => {})

  it('answers at once where it is reached, and asks nothing', async () => {
    const { asked, current, ask, codeOf } = setUp({ maxConcurrency: 4 })
    current.answer = never
    for (let i = 0; i < 4; i++) void ask()
    expect(await codeOf(ask())).toBe('call-limited')
    expect(asked).toHaveLength(4)
  })

  it('leaves three quarters to credible tokens', async () => {
    const { asked, current, ask, codeOf } = setUp({ maxConcurrency: 8 })
    current.answer = never
    for (let i = 0; i < 2; i++) void ask(false)
    expect(await codeOf(ask(false))).toBe('call-limited')
    for (let i = 0; i < 6; i++) void ask(true)
    expect(await codeOf(ask(true))).toBe('call-limited')
    expect(asked).toHaveLength(8)
  })

  it('gets every place back, however a call ends', async () => {
    const { current, ask, failWith, codeOf } = setUp({ maxConcurrency: 4 })
    for (let i = 0; i < 8; i++) await ask(false)
    failWith('throttled')
    for (let i = 0; i < 8; i++) expect(await codeOf(ask(false))).toBe('throttled')
    current.answer = () => Promise.reject(new TypeError('a mistake'))
    for (let i = 0; i < 8; i++) await expect(ask(false)).rejects.toThrow(TypeError)
  })

  it('takes no place while the circuit is open, and leaves the probe to another', async () => {
    const { clock, current, ask, failWith, codeOf } = setUp({ maxConcurrency: 4 })
    let release = () => {}
    current.answer = () => new Promise((resolve) => (release = () => resolve(INACTIVE)))
    const hanging = ask(false)
    failWith('timeout')
    for (let i = 0; i < 5; i++) await codeOf(ask())
    expect(await codeOf(ask(false))).toBe('circuit-open')
    clock.advance(200)
    expect(await codeOf(ask(false))).toBe('call-limited')
    current.answer = async () => INACTIVE
    expect(await codeOf(ask(true))).toBe('answered')
    release()
    await hanging
  })
})

describe('rejected client credentials', () => {
  const rejections = (events: readonly TokenwardEvent[]) => events.map(({ type, at }) => ({ type, at }))

  it('are reported, once a minute at most', async () => {
    const { clock, events, ask, failWith, codeOf } = setUp()
    failWith('client-rejected', 401)
    const first = clock.now()
    for (let i = 0; i < 3; i++) expect(await codeOf(ask())).toBe('client-rejected')
    expect(events).toStrictEqual([{ type: 'client-credentials-rejected', at: first, issuer: ISSUER }])
    clock.advance(59_999)
    await codeOf(ask())
    expect(events).toHaveLength(1)
    clock.advance(1)
    await codeOf(ask())
    expect(rejections(events)).toStrictEqual([
      { type: 'client-credentials-rejected', at: first },
      { type: 'client-credentials-rejected', at: first + 60_000 },
    ])
  })

  it('are what is reported, and nothing else', async () => {
    const { events, ask, failWith, codeOf } = setUp()
    for (const code of ['throttled', 'server-error', 'credentials-unavailable'] as const) {
      failWith(code)
      await codeOf(ask())
    }
    await codeOf(setUp().ask())
    expect(events).toStrictEqual([])
  })
})
