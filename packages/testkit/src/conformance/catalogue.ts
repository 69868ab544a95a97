import { answers } from './cases/answers.js'
import { concurrency } from './cases/concurrency.js'
import { credentials } from './cases/credentials.js'
import { crossOrigin } from './cases/cross-origin.js'
import { forgeries } from './cases/forgeries.js'
import { issuers } from './cases/issuers.js'
import { keyRotation } from './cases/key-rotation.js'
import { liveChecks } from './cases/live-checks.js'
import { methodsAndPaths } from './cases/methods-and-paths.js'
import { optionalAuthentication } from './cases/optional-authentication.js'
import { outages } from './cases/outages.js'
import { policies } from './cases/policies.js'
import { principals } from './cases/principals.js'
import { senderConstraints } from './cases/sender-constraints.js'
import { stepUpCases } from './cases/step-up.js'
import type { CaseDefinition } from './conformance-case.js'

const groups = {
  Credentials: credentials,
  'What clients are told': answers,
  Policies: policies,
  Issuers: issuers,
  'Forged and bound tokens': forgeries,
  'Live checks': liveChecks,
  Outages: outages,
  'Key rotation': keyRotation,
  'Methods and paths': methodsAndPaths,
  'Cross-origin requests': crossOrigin,
  'Many requests': concurrency,
  Principals: principals,
  'Optional authentication': optionalAuthentication,
  'Step-up': stepUpCases,
  'Sender-constrained tokens': senderConstraints,
}

type Groups = typeof groups

/** The name of a case. It stays what it is; what a case checks may become stricter in a new major version. */
export type ConformanceCaseId = { [Group in keyof Groups]: keyof Groups[Group] }[keyof Groups]

/** A case where it stands. */
export interface CataloguedCase extends CaseDefinition {
  readonly id: ConformanceCaseId
  readonly group: string
}

/** All cases, in the order they run. */
export const catalogue: readonly CataloguedCase[] = Object.entries(groups).flatMap(([group, cases]) =>
  Object.entries(cases as Partial<Record<ConformanceCaseId, CaseDefinition>>).map(([id, definition]) => ({
    ...definition,
    id: id as ConformanceCaseId,
    group,
  })),
)
