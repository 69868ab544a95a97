import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs'
import type { JsonRecord } from '../jws/compact-jws.js'
import { reasonsOf } from './cedar.js'
import type { StoreEntity } from './entities.js'
import type { EntityUid } from './input.js'
import type { PolicyStore } from './policy-store.js'
import { invalid } from './service-exception.js'

/** A request as Cedar takes it. */
export interface Evaluation {
  readonly principal: EntityUid
  readonly action: EntityUid
  readonly resource: EntityUid
  readonly context: Record<string, CedarValueJson>
  readonly entities: readonly StoreEntity[]
}

/** Members of the output that say what was decided. */
export function evaluate(
  store: PolicyStore,
  { principal, action, resource, context, entities }: Evaluation,
): JsonRecord {
  const schema = store.validating()
  const answer = store.cedar.isAuthorized({
    principal,
    action,
    resource,
    context,
    ...(schema !== undefined && { schema: schema.text, validateRequest: true }),
    policies: {
      staticPolicies: Object.fromEntries(store.policies.all().map(({ policyId, statement }) => [policyId, statement])),
    },
    entities: entities.map(({ uid, attrs, parents }) => ({ uid, attrs, parents })),
  })
  if (answer.type === 'failure') throw invalid('request', reasonsOf(answer.errors))
  const { decision, diagnostics } = answer.response
  return {
    decision: decision === 'allow' ? 'ALLOW' : 'DENY',
    determiningPolicies: diagnostics.reason.map((policyId) => ({ policyId })),
    errors: diagnostics.errors.map(({ policyId, error }) => ({
      errorDescription: `while evaluating policy \`${policyId}\`: ${error.message}`,
    })),
  }
}
