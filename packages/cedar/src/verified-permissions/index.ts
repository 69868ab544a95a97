// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { verifiedPermissionsDecisionPoint } from './verified-permissions-decision-point.js'
export type { VerifiedPermissionsDecisionPointOptions } from './verified-permissions-decision-point.js'
export type { VerifiedPermissionsSender } from './policy-store.js'
export { VerifiedPermissionsError } from './store-answer.js'
export { datetime, decimal, duration, entity, ipaddr } from '../mapping/cedar-value.js'
export type { CedarValue } from '../mapping/cedar-value.js'
export type { CedarEntity, EntitiesOption } from '../mapping/cedar-entity.js'
export type { EntityNamingOptions } from '../mapping/entity-naming.js'

// What signatures here mention of core, for applications that install an adapter and not core itself.
export type { DecisionRequest, Duration, EntityReference, PolicyDecisionPoint } from '@tokenward/core'
