import { authorizerRows } from './authorizer/authorizer-rows.ts'
import { bundleRow } from './bundle/bundle-rows.ts'
import { engineRows } from './engine/engine-rows.ts'
import { introspectionRows } from './introspection/introspection-rows.ts'
import { keySetRows } from './key-sets/key-set-rows.ts'
import { memoryRows } from './memory/memory-rows.ts'
import { repeatedRow } from './repeated/repeated-rows.ts'
import { policiesRows } from './policies/policies-rows.ts'
import type { Row } from './rows/row.ts'
import { senderRows } from './senders/sender-rows.ts'
import { startRows } from './start/start-rows.ts'
import { testkitRows } from './testkit/testkit-rows.ts'
import { verificationRow } from './verification/verification-rows.ts'
import { wholeRequestRows } from './whole-request/whole-request-rows.ts'

type Measure = (quick: boolean) => Promise<readonly Row[]>

/** In the order in which they are measured and shown. */
export const groups = {
  verification: async (quick) => [
    await verificationRow('RS256', quick),
    await verificationRow('ES256', quick),
    await verificationRow('EdDSA', quick),
  ],
  'repeated tokens': async (quick) => [await repeatedRow(100, quick), await repeatedRow(5_000, quick)],
  'whole request': wholeRequestRows,
  'key sets': keySetRows,
  senders: senderRows,
  introspection: introspectionRows,
  decision: engineRows,
  policies: policiesRows,
  memory: memoryRows,
  start: async (quick) => [...(await startRows(quick)), await bundleRow()],
  authorizer: authorizerRows,
  testkit: testkitRows,
} as const satisfies Record<string, Measure>

export type GroupName = keyof typeof groups

export function isGroupName(name: string): name is GroupName {
  return Object.hasOwn(groups, name)
}
