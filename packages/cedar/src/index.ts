// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { cedarDecisionPoint } from './local/cedar-decision-point.js'
export type { CedarDecisionPoint, CedarDecisionPointOptions, PolicyReload } from './local/cedar-decision-point.js'
export type { PoliciesOption, PolicyFiles } from './local/policy-source.js'
export type { SchemaFile, SchemaOption } from './local/loaded-policies.js'
export { datetime, decimal, duration, entity, ipaddr } from './mapping/cedar-value.js'
export type { CedarValue } from './mapping/cedar-value.js'
export type { CedarEntity, EntitiesOption } from './mapping/cedar-entity.js'
export type { EntityNamingOptions } from './mapping/entity-naming.js'
export type { CedarInstance, SchemaInput } from './engine/cedar-engine.js'
export { generateCedar } from './generation/generate-cedar.js'
export type { GeneratedCedar, GenerateCedarOptions } from './generation/generate-cedar.js'
export type { ApiDescription, RouteDescription } from './generation/api-description.js'

// What signatures here mention of core, for applications that install an adapter and not core itself.
export { ConfigurationError } from '@tokenward/core'
export type { Decision, DecisionRequest, Duration, EntityReference } from '@tokenward/core'
