export type Runtime = 'bun' | 'deno' | 'workerd'

/** A test file of core that does not run elsewhere than on Node, or one test of it. */
export interface Exclusion {
  /** Below `packages/core`. */
  readonly file: string
  /** Titles of its groups and its own, with ` > ` between. Left out: the whole file. On workerd alone. */
  readonly test?: string
  readonly on: readonly Runtime[]
  readonly reason: string
}

const everywhere: readonly Runtime[] = ['bun', 'deno', 'workerd']

const PROOFS = 'signs its proofs in a way of node:crypto that workerd does not have'
const SLOW_SERVER = 'has a server wait before it answers, and within a Worker such an answer does not arrive'

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
    file: 'test/resource-server/key-faults.test.ts',
    on: ['workerd'],
    reason: 'pours bodies without end, breaks connections, and measures memory',
  },
  {
    file: 'test/conformance/conformance.test.ts',
    on: ['workerd'],
    reason: 'needs the issuers of the testkit, which runs on Node alone',
  },
  {
    file: 'test/resource-server/oidc-provider-tls.node.test.ts',
    on: everywhere,
    reason: "tests what is Node's alone: client certificates in its handshakes",
  },
  {
    file: 'test/requests/certificate-chain.node.test.ts',
    on: ['workerd'],
    reason: 'compares with the certificates of Node, which workerd reads otherwise',
  },
  {
    file: 'test/sender-constraints/x509-certificate.test.ts',
    on: ['workerd'],
    reason: 'reads the roots that Node trusts, and workerd tells of none',
  },
  {
    file: 'test/resource-server/forwarded-certificates.test.ts',
    on: ['workerd'],
    reason: 'knows a proxy by the address of its socket, and a server within a Worker has no sockets',
  },
  {
    file: 'test/resource-server/dpop.test.ts',
    on: ['workerd'],
    reason: PROOFS,
  },
  {
    file: 'test/sender-constraints/dpop-examination.test.ts',
    on: ['workerd'],
    reason: PROOFS,
  },
  {
    file: 'test/sender-constraints/dpop-keys.test.ts',
    on: ['workerd'],
    reason: PROOFS,
  },
  {
    file: 'test/sender-constraints/dpop-proof.test.ts',
    on: ['workerd'],
    reason: PROOFS,
  },
  {
    file: 'test/requests/node.test.ts',
    on: ['bun', 'deno'],
    reason:
      'asks a TLS server for the certificate of its client: Bun does not tell it, and under Deno the file does not end',
  },
  {
    file: 'test/vocabulary/ip-address.test.ts',
    test: 'a range > holds what Node says it holds',
    on: ['workerd'],
    reason: 'compares with the ranges of Node, which workerd reads otherwise',
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
  {
    file: 'test/resource-server/resource-server.test.ts',
    test: 'close > ends a request that waits for keys, and the connection it waits on',
    on: ['workerd'],
    reason: 'looks at the connection, and a server within a Worker has none',
  },
  {
    file: 'test/resource-server/authorization.test.ts',
    test: 'a decision that takes its time > lets no token in that became too old, or expired, while the server was asked',
    on: ['workerd'],
    reason: SLOW_SERVER,
  },
  {
    file: 'test/strategy/step-up.test.ts',
    test: 'the age of a login > counts once more after a schema, or an answer, has taken its time',
    on: ['workerd'],
    reason: SLOW_SERVER,
  },
]

/** Files that do not run at all. */
export function filesExcludedOn(runtime: Runtime): readonly string[] {
  return exclusions.filter(({ on, test }) => on.includes(runtime) && test === undefined).map(({ file }) => file)
}

/** Tests of a file that does run. */
export function testsExcludedOn(runtime: Runtime, file: string): readonly string[] {
  return exclusions.flatMap((one) => (one.file === file && one.on.includes(runtime) ? (one.test ?? []) : []))
}
