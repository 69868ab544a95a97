export type Runtime = 'bun' | 'deno' | 'workerd'

/** A test file of core that does not run somewhere else than on Node. */
export interface Exclusion {
  /** Below `packages/core`. */
  readonly file: string
  readonly on: readonly Runtime[]
  readonly reason: string
}

const everywhere: readonly Runtime[] = ['bun', 'deno', 'workerd']

export const exclusions: readonly Exclusion[] = [
  {
    file: 'test/strategy/lag-promise.test.ts',
    on: everywhere,
    reason: 'plays thousands of histories on simulated time, with nothing of the platform in them, for minutes',
  },
  {
    file: 'test/conformance/broken-adapters.test.ts',
    on: everywhere,
    reason: 'tests the conformance suite, not core: it runs the suite forty times',
  },
  {
    file: 'test/transport/http-client.node.test.ts',
    on: everywhere,
    reason: "tests what is Node's alone: its agents, its client certificates, its list of trusted authorities",
  },
  {
    file: 'test/resource-server/oidc-provider.test.ts',
    on: ['workerd'],
    reason: 'starts an authorization server that needs files and modules of Node',
  },
  {
    file: 'test/issuers/introspection-connection.test.ts',
    on: ['workerd'],
    reason: 'starts an authorization server that needs files and modules of Node',
  },
  {
    file: 'test/requests/node.test.ts',
    on: ['workerd'],
    reason: "reads requests of Node's own parser, and a Worker has a web Request to give",
  },
  {
    file: 'test/transport/http-client.test.ts',
    on: ['workerd'],
    reason: 'breaks, compresses and ends connections, and a server within a Worker has no connections',
  },
  {
    file: 'test/resource-server/flood.test.ts',
    on: ['workerd'],
    reason: 'holds dozens of calls open at once, and workerd lets a request have six',
  },
  {
    file: 'test/tokens/known-headers.test.ts',
    on: ['workerd'],
    reason: 'measures memory, which workerd does not tell',
  },
  {
    file: 'test/tokens/repeated-values.test.ts',
    on: ['workerd'],
    reason: 'measures memory, which workerd does not tell',
  },
  {
    file: 'test/testing/test-principals-allowed.test.ts',
    on: ['workerd'],
    reason: 'loads modules anew, and those of a bundle are loaded once',
  },
  {
    file: 'test/outcomes/other-realms.test.ts',
    on: ['workerd'],
    reason: 'makes another realm, and workerd has one',
  },
]

export function excludedOn(runtime: Runtime): readonly string[] {
  return exclusions.filter(({ on }) => on.includes(runtime)).map(({ file }) => file)
}
