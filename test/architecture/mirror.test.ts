import { describe, expect, it } from 'vitest'
import { sourceFiles } from '../support/source-files.js'

const SRC = 'packages/core/src/'
const TEST = 'packages/core/test/'

/** Test files that mirror no source file, and why. */
const exceptions: Readonly<Record<string, string>> = {
  'conformance/broken-adapters.test.ts':
    'breaks the smallest adapter in many ways, each of which the suite must notice',
  'conformance/conformance.test.ts': 'runs the suite of the testkit against core alone',
  'keys/unfinished-refresh.test.ts': 'shows what becomes of refreshes that the runtime gave up, or froze',
  'outcomes/other-realms.test.ts': 'needs a second realm, which not every runtime has to give',
  'resource-server/cognito.test.ts': 'shows what routes do with the tokens of a pool, from the façade to its endpoints',
  'resource-server/decisions.test.ts': 'shows what policies ask a decision point, and what comes of it',
  'resource-server/dpop.test.ts':
    'shows when proofs are spent, and what becomes of duplicates and of a memory that fails',
  'resource-server/forwarded-certificates.test.ts':
    'sends the headers of proxies over real connections, from the proxy and from others',
  'resource-server/flood.test.ts': 'sends a thousand requests at once, and ten thousand made-up tokens',
  'resource-server/held-decisions.test.ts': 'shows which decisions are made when the answer is repeated for a while',
  'resource-server/introspection.test.ts':
    'shows what routes do with answers that contradict, narrow or complete a token',
  'resource-server/key-faults.test.ts': 'breaks the key endpoint of a server in every way, over real connections',
  'resource-server/oidc-provider.test.ts': 'keeps the promises of routes at an authorization server that is not ours',
  'resource-server/oidc-provider-tls.node.test.ts':
    'shows over TLS what tokens are bound to, by an authorization server that is not ours',
  'resource-server/revocation-list.test.ts': 'shows what routes do with entries and feeds',
  'resource-server/present-claims.test.ts': 'hands in claims in place of tokens',
  'resource-server/precheck.test.ts': 'compares what proxies are told with what handlers are told',
  'resource-server/sender-constraints.test.ts':
    'shows where in the pipeline senders are looked at, and what is told of it',
  'resource-server/withdrawn-keys.test.ts':
    'shows what a withdrawn key ends: requests, what was presented, and watches',
  'strategy/lag-promise.test.ts': 'simulates what the engine, its memories and the list promise together',
  'tokens/wycheproof.test.ts': 'runs public vectors the way of a token: parsing, then keys, then signatures',
}

const filesIn = (folder: string) =>
  sourceFiles(folder).map(({ path, text }) => ({ name: path.slice(folder.length), text }))
const sources = filesIn(SRC)
const tests = filesIn(TEST).filter(({ name }) => name.endsWith('.test.ts'))
const testNames = new Set(tests.map(({ name }) => name))

/** Whether there is anything to run: types, and names that are only passed on, are checked by the compiler. */
function hasCode(text: string): boolean {
  return /^(?:export )?(?:default )?(?:abstract )?(?:async )?(?:const|let|var|function|class|enum)\b/m.test(text)
}

/**
 * Where the tests of a source file stand. What a port leaves to the platform is tested by the port's own test, which
 * runs on each implementation once; what one of them has to itself may have a test of its own.
 */
function testsOf(source: string): readonly string[] {
  const name = source.slice(0, -'.ts'.length)
  return [...new Set([name, name.replace(/\.(?:node|webcrypto|fetch|port)$/, '')])].map((path) => `${path}.test.ts`)
}

describe('the tests of core', () => {
  it('exist for every source file with code', () => {
    const untested = sources.filter(
      ({ name, text }) => hasCode(text) && !testsOf(name).some((test) => testNames.has(test)),
    )
    expect(untested.map(({ name }) => name)).toStrictEqual([])
  })

  it('mirror a source file each, but for the exceptions', () => {
    const mirrors = new Set(sources.flatMap(({ name }) => testsOf(name)))
    const others = tests.filter(({ name }) => !mirrors.has(name))
    expect(others.map(({ name }) => name).toSorted()).toStrictEqual(Object.keys(exceptions).toSorted())
  })

  it('are small: 400 lines at most', () => {
    const long = tests.filter(({ text }) => text.split('\n').length > 400)
    expect(long.map(({ name }) => name)).toStrictEqual([])
  })
})

describe('this test', () => {
  it('tells code from types', () => {
    for (const code of ['export const a = 1', 'async function f() {}', 'export abstract class A {}', 'const a = 1']) {
      expect(hasCode(`import { b } from './b.js'\n${code}`), code).toBe(true)
    }
    for (const types of ['export interface A {}', 'export declare const a: A', "export { a } from './a.js'"]) {
      expect(hasCode(`import { b } from './b.js'\n/** const */\n${types}`), types).toBe(false)
    }
  })

  it('knows what a port and its implementations share', () => {
    expect(testsOf('keys/signature.node.ts')).toStrictEqual(['keys/signature.node.test.ts', 'keys/signature.test.ts'])
    expect(testsOf('requests/node.ts')).toStrictEqual(['requests/node.test.ts'])
  })
})
