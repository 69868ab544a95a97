import type { Row } from './rows/row.ts'

type Measure = (quick: boolean) => Promise<readonly Row[]>

/** In the order in which they are measured and shown. Each is loaded when its turn comes. */
export const groups = {
  verification: async (quick) => {
    const { verificationRow } = await import('./verification/verification-rows.ts')
    return [
      await verificationRow('RS256', quick),
      await verificationRow('ES256', quick),
      await verificationRow('EdDSA', quick),
    ]
  },
  'repeated tokens': async (quick) => {
    const { repeatedRow } = await import('./repeated/repeated-rows.ts')
    return [await repeatedRow(100, quick), await repeatedRow(5_000, quick)]
  },
  'whole request': async (quick) => (await import('./whole-request/whole-request-rows.ts')).wholeRequestRows(quick),
  'key sets': async (quick) => (await import('./key-sets/key-set-rows.ts')).keySetRows(quick),
  senders: async (quick) => (await import('./senders/sender-rows.ts')).senderRows(quick),
  introspection: async (quick) => (await import('./introspection/introspection-rows.ts')).introspectionRows(quick),
  decision: async (quick) => (await import('./engine/engine-rows.ts')).engineRows(quick),
  policies: async (quick) => (await import('./policies/policies-rows.ts')).policiesRows(quick),
  memory: async (quick) => (await import('./memory/memory-rows.ts')).memoryRows(quick),
  start: async (quick) => {
    const { startRows } = await import('./start/start-rows.ts')
    const { bundleRow } = await import('./bundle/bundle-rows.ts')
    return [...(await startRows(quick)), await bundleRow()]
  },
  authorizer: async (quick) => (await import('./authorizer/authorizer-rows.ts')).authorizerRows(quick),
  testkit: async (quick) => (await import('./testkit/testkit-rows.ts')).testkitRows(quick),
} as const satisfies Record<string, Measure>

export type GroupName = keyof typeof groups

export function isGroupName(name: string): name is GroupName {
  return Object.hasOwn(groups, name)
}
