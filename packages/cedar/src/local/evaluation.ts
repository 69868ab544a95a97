import type { Decision } from '@tokenward/core'
import type { CedarEngine } from '../engine/cedar-engine.js'
import type { CedarJson } from '../mapping/cedar-json.js'
import type { CedarQuestion } from '../mapping/cedar-question.js'
import type { WrittenEntity } from '../mapping/written-entity.js'
import { withoutValues } from '../without-values.js'
import type { Slice } from './action-slices.js'
import { withReadGroups } from './group-reads.js'

/** The data of one request does not fit the schema, or cannot be read by Cedar. */
class RequestDataRefused extends Error {
  constructor(problems: string) {
    super(`Cedar cannot evaluate the data of this request: ${problems}`)
    this.name = 'RequestDataRefused'
  }
}

/** Asks the engine. What it cannot evaluate is no decision; a policy that errs is skipped, as Cedar does, and named. */
export function evaluate(
  engine: CedarEngine,
  slice: Slice,
  schemaName: string | undefined,
  question: CedarQuestion<CedarJson>,
): Decision {
  const { principal, action, resource, context, token, entities } = question
  // A schema looks at all groups.
  const seen = schemaName === undefined ? withReadGroups(principal, entities, slice.reads.groups) : principal
  const told = saysSomething(seen) ? [jsonOf(seen)] : []
  for (const entity of entities) if (saysSomething(entity)) told.push(jsonOf(entity))
  const call = {
    principal: principal.uid,
    action,
    resource,
    context: token === undefined ? context : { ...context, token },
    preparsedPolicySetId: slice.name,
    entities: told,
  }
  const answer = engine.statefulIsAuthorized(
    schemaName === undefined ? call : { ...call, preparsedSchemaName: schemaName, validateRequest: true },
  )
  if (answer.type === 'failure') {
    const problems = answer.errors.map(({ message }) => withoutValues(message)).join('; ')
    return { decision: 'error', reason: 'request-data', cause: new RequestDataRefused(problems) }
  }
  const { decision, diagnostics } = answer.response
  return {
    decision: decision === 'allow' ? 'permit' : 'deny',
    // Cedar says them in no order.
    determiningPolicies: diagnostics.reason.toSorted(),
    policyErrors: diagnostics.errors.map(({ policyId }) => policyId).toSorted(),
  }
}

/** An entity of which nothing is known is none to Cedar, and need not have what the schema demands of one. */
function saysSomething({ attributes, parents }: WrittenEntity<CedarJson>): boolean {
  return parents.length > 0 || Object.keys(attributes).length > 0
}

function jsonOf({ uid, attributes, parents }: WrittenEntity<CedarJson>) {
  return { uid, attrs: attributes, parents }
}
