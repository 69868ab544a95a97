import { AssertionError } from 'node:assert'
import * as nodeTest from 'node:test'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  conformance,
  type ConformanceApp,
  type ConformanceCaseId,
  type ConformanceOptions,
  type ConformanceRunner,
} from '../../src/conformance/index.js'
import { fakeCognito } from '../../src/index.js'

/** An adapter that turns everybody away: it passes what asks for that, and nothing else. */
const refusing = {
  fetch: () => new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer realm="x"' } }),
}
/** An adapter that lets everybody in, to any route. */
const granting = {
  fetch: ({ url }: Request) => Response.json({ route: new URL(url).pathname.slice(1), principal: {} }),
}

function suiteOf(start: ConformanceOptions['start'] = () => refusing, options: Partial<ConformanceOptions> = {}) {
  const suite = conformance({ name: 'an adapter', start, ...options })
  onTestFinished(() => suite.close())
  const run = (id: ConformanceCaseId) => {
    const found = suite.cases.find((candidate) => candidate.id === id)
    if (found === undefined) throw new Error(`no case ${id}`)
    return found.run()
  }
  return { ...suite, run }
}

describe('the cases', () => {
  it('have stable names in kebab-case, and say in the present tense what adapters do', () => {
    const { cases } = suiteOf()
    expect(cases.length).toBeGreaterThanOrEqual(80)
    for (const { id, title } of cases) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(title).not.toMatch(/^[A-Z][a-z]|\bshould\b|\.$/)
    }
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length)
  })

  it('have one for each kind of forged token', async () => {
    const pool = await fakeCognito()
    onTestFinished(() => pool.close())
    const { cases } = suiteOf()
    const named = Object.keys(pool.forged).map((kind) => {
      const words = kind.replace('hs256', 'Hs256').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      return `forged-${words.replace(/^-/, '')}`
    })
    expect(cases.map(({ id }) => id).filter((id) => id.startsWith('forged-'))).toStrictEqual(named)
  })

  it('ask for step-up only where the adapter says that it can', () => {
    const ids = (capabilities: ConformanceOptions['capabilities'] = []) =>
      suiteOf(() => refusing, { capabilities }).cases.filter(({ id }) => id.startsWith('step-up-'))
    expect(ids()).toStrictEqual([])
    expect(ids(['step-up']).length).toBeGreaterThan(3)
  })

  it('ask for bound tokens only where the adapter says that it can, and of an app of its own', async () => {
    const started: ConformanceApp[] = []
    const start = (app: ConformanceApp) => {
      started.push(app)
      return refusing
    }
    const idsOf = ({ cases }: ReturnType<typeof suiteOf>) =>
      cases.map(({ id }) => id).filter((id) => id.startsWith('sender-'))
    expect(idsOf(suiteOf(start))).toStrictEqual([])
    const suite = suiteOf(start, { capabilities: ['sender-constraints'] })
    expect(idsOf(suite).length).toBeGreaterThan(10)
    await suite.run('no-credentials')
    for (const id of ['sender-challenges', 'sender-unbound'] as const) {
      await expect(suite.run(id)).rejects.toThrow(AssertionError)
    }
    expect(started.map(({ senderConstraints }) => senderConstraints !== undefined)).toStrictEqual([false, true])
    const [plain, bound] = started.map(({ routes }) => routes.map(({ policy }) => policy.senderConstrained))
    expect(plain).not.toContain('required')
    expect(bound).toContain('required')
  })

  it('pass or fail', async () => {
    const { run } = suiteOf()
    await run('no-credentials')
    await expect(run('scope-present')).rejects.toThrow(AssertionError)
    await expect(run('scope-present')).rejects.toThrow('it answered 401, Bearer realm="x"')
  })

  it('run one after another, whatever they are called like', async () => {
    let running = 0
    const { cases } = suiteOf(() => ({
      async fetch() {
        expect((running += 1)).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 2))
        running -= 1
        return refusing.fetch()
      },
    }))
    const some = cases.filter(({ id }) => ['no-credentials', 'empty-authorization', 'other-scheme'].includes(id))
    await Promise.all(some.map(({ run }) => run()))
    expect(some).toHaveLength(3)
  })
})

describe('the app', () => {
  it('is built once for cases that leave all as it was, and anew for each of the others', async () => {
    const started: ConformanceApp[] = []
    const closed: ConformanceApp[] = []
    const { run, close } = suiteOf((app) => {
      started.push(app)
      return { ...refusing, close: () => void closed.push(app) }
    })
    await run('no-credentials')
    await run('other-scheme')
    expect([started.length, closed.length]).toStrictEqual([1, 0])
    await run('keys-fail').catch(() => {})
    await run('bound-ends').catch(() => {})
    expect(started).toHaveLength(3)
    // Closed as well where the case failed.
    expect(closed).toStrictEqual(started.slice(1))
    await close()
    expect(closed).toHaveLength(3)
    const [{ issuers: [shared] = [] } = {}, { issuers: [own] = [] } = {}] = started
    expect(shared?.issuer).not.toBe(own?.issuer)
    for (const { jwksUri } of started.flatMap(({ issuers }) => issuers)) {
      await expect(fetch(jwksUri)).rejects.toThrow('fetch failed')
    }
  })

  it('is described in plain data', async () => {
    let described: ConformanceApp | undefined
    const { run } = suiteOf((app) => {
      described = app
      return refusing
    })
    await run('no-credentials')
    const { clock, ...data } = described as ConformanceApp
    expect(clock.now()).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(data))).toStrictEqual(data)
    for (const { jwksUri } of data.issuers) expect(await (await fetch(jwksUri)).json()).toHaveProperty('keys')
    for (const { name, path } of data.routes) expect(path).toBe(`/${name}`)
  })

  it('in another process is told when time moves', async () => {
    const moved: number[] = []
    const app = { ...granting, advance: (milliseconds: number) => moved.push(milliseconds) }
    await expect(suiteOf(() => app).run('expiry-between-requests')).rejects.toThrow(AssertionError)
    expect(moved).toStrictEqual([300_000])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('no such module')), 'start() did not bring up the app'],
    ['brings nothing', () => undefined, 'must bring { fetch }'],
    ['brings both ways', () => ({ ...refusing, url: 'http://127.0.0.1:1' }), 'must bring { fetch }'],
    ['brings an address with a path', () => ({ url: 'http://127.0.0.1:1/api' }), 'must bring { fetch }'],
  ])('that does not come up fails every case, where start %s', async (_, start, message) => {
    const { run } = suiteOf(start as never, { cannotExpress: { 'scope-present': 'as a test' } })
    for (const id of ['no-credentials', 'scope-present', 'keys-fail'] as const) {
      await expect(run(id)).rejects.toThrow(message)
    }
  })

  it('that does not close is reported, and leaves no issuer behind', async () => {
    let jwksUri = ''
    const suite = conformance({
      name: 'an adapter',
      start({ issuers: [first] }) {
        jwksUri = first?.jwksUri ?? ''
        return { ...refusing, close: () => Promise.reject(new Error('still busy')) }
      },
    })
    await suite.cases.find(({ id }) => id === 'no-credentials')?.run()
    await expect(suite.close()).rejects.toThrow('still busy')
    await expect(fetch(jwksUri)).rejects.toThrow('fetch failed')
  })

  it('that never answers fails the case', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const asked = vi.fn<() => Promise<Response>>(() => new Promise(() => {}))
    const result = suiteOf(() => ({ fetch: asked })).run('no-credentials')
    const failure = expect(result).rejects.toThrow('did not answer GET /orders within 30 seconds')
    await vi.waitFor(() => expect(asked).toHaveBeenCalled(), { timeout: 30_000 })
    vi.advanceTimersByTime(30_000)
    await failure
  })
})

describe('what an adapter cannot express', () => {
  it('may fail, and must', async () => {
    const cannotExpress = { 'scope-present': 'it has no scopes', 'no-credentials': 'it was thought to' }
    const { run, cases } = suiteOf(() => refusing, { cannotExpress })
    await run('scope-present')
    await expect(run('no-credentials')).rejects.toThrow('no-credentials passes; take it out of cannotExpress')
    expect(cases.filter((candidate) => candidate.cannotExpress !== undefined)).toHaveLength(2)
  })

  it('is six cases at most', () => {
    const { cases } = suiteOf()
    const first = (count: number) => Object.fromEntries(cases.slice(0, count).map(({ id }) => [id, 'as a test']))
    expect(suiteOf(() => refusing, { cannotExpress: first(6) }).cases).toHaveLength(cases.length)
    expect(() => suiteOf(() => refusing, { cannotExpress: first(7) })).toThrow('lists 7 cases; with more than 6')
  })

  it.each([
    [{ 'no-such-case': 'a reason' }, 'there is no case no-such-case'],
    [{ 'no-credentials': ' ' }, 'no-credentials needs the reason as text'],
    [{ 'no-credentials': undefined }, 'no-credentials needs the reason as text'],
    [{ 'step-up-acr': 'a reason' }, 'asked only of adapters with the capability step-up'],
  ])('is checked: %o', (cannotExpress, message) => {
    expect(() => suiteOf(() => refusing, { cannotExpress: cannotExpress as never })).toThrow(message)
  })
})

describe('other options', () => {
  it.each([
    [{ name: '' }, 'name must be text'],
    [{ start: undefined }, 'start must be a function'],
    [{ capabilities: ['dpop'] }, 'capabilities are step-up, sender-constraints; there is no dpop'],
    [{ capabilities: 'step-up' }, 'capabilities must be a list'],
    [{ cannotExpres: {} }, 'knows no cannotExpres'],
  ])('are checked: %o', (options, message) => {
    expect(() => conformance({ name: 'x', start: () => refusing, ...(options as object) })).toThrow(message)
  })
})

describe('a test runner', () => {
  /** Notes what it is told instead of running it. */
  function notingRunner() {
    const cases: { title: string; body: () => Promise<void>; timeout: number }[] = []
    const groups: string[] = []
    const ends: (() => Promise<void>)[] = []
    return {
      cases,
      groups,
      ends,
      describe(title: string, body: () => void) {
        groups.push(title)
        body()
      },
      it: (title: string, body: () => Promise<void>, timeout: number) => void cases.push({ title, body, timeout }),
      afterAll: (body: () => Promise<void>) => void ends.push(body),
    }
  }

  it('gets one test for each case, and what closes the app', async () => {
    const runner = notingRunner()
    let closed = 0
    const app = { ...refusing, close: () => void (closed += 1) }
    const suite = suiteOf(() => app, { cannotExpress: { 'scope-present': 'it has no scopes' } })
    suite.register(runner)
    expect(runner.groups).toStrictEqual(['an adapter conforms', ...new Set(suite.cases.map(({ group }) => group))])
    expect(runner.cases).toHaveLength(suite.cases.length)
    const titles = runner.cases.map(({ title }) => title)
    expect(titles).toContain('no-credentials: a request without credentials is refused with 401')
    expect(titles).toContain('scope-present cannot be expressed: it has no scopes')
    expect(new Set(runner.cases.map(({ timeout }) => timeout))).toStrictEqual(new Set([60_000]))
    await runner.cases[0]?.body()
    expect(closed).toBe(0)
    for (const end of runner.ends) await end()
    expect(closed).toBe(1)
  })

  it('that calls it after is understood, and so are globals', () => {
    const { afterAll: after, ...runner } = notingRunner()
    suiteOf().register({ ...runner, after })
    for (const [name, value] of Object.entries({ ...runner, after })) vi.stubGlobal(name, value)
    onTestFinished(() => void vi.unstubAllGlobals())
    suiteOf().register()
    expect(runner.groups.filter((title) => title === 'an adapter conforms')).toHaveLength(2)
  })

  it('that is not there is asked for', () => {
    expect(() => suiteOf().register()).toThrow('register needs describe, it and afterAll of the test runner')
    expect(() => suiteOf().register({ describe, it } as ConformanceRunner)).toThrow('register({ describe, it, after })')
  })

  it('is any of these, as the compiler sees', () => {
    const ofVitest: ConformanceRunner = { describe, it, afterAll }
    const ofNode: ConformanceRunner = { describe: nodeTest.describe, it: nodeTest.it, after: nodeTest.after }
    expect([ofVitest, ofNode].map(({ it: test }) => typeof test)).toStrictEqual(['function', 'function'])
  })
})
