import type { DecisionRequest, EntityReference } from '@tokenward/core'
import { ConfigurationError } from '@tokenward/core/errors'
import { type EntitySource, refuseAction } from './cedar-entity.js'
import { checkLength, type EntityNaming } from './entity-naming.js'
import { MAX_LENGTHS, SizeBudget } from './request-limits.js'
import { claimKind, type ClaimKind, type DeclaredClaims, distinct, writeClaims } from './token-claims.js'
import { type ValueWriter, wellFormed, writeMembers, type Writing } from './value-writer.js'
import { WrittenEntities, type WrittenEntity } from './written-entity.js'

/** A request for a decision in the terms of Cedar. */
export interface CedarQuestion<Out> {
  readonly principal: WrittenEntity<Out>
  readonly action: EntityReference
  readonly resource: EntityReference
  /** What the route says of the circumstances. */
  readonly context: Readonly<Record<string, Out>>
  /** The claims of an access token, which are `context.token`; `undefined` where there is no place for them. */
  readonly token: Readonly<Record<string, Out>> | undefined
  /** The resource where anything is known of it, and what the application adds. No principal, no group of the token. */
  readonly entities: readonly WrittenEntity<Out>[]
  /** Whether something beside the token says something of the principal. */
  readonly saysMoreOfPrincipal: boolean
  /** About how large it is, at most. */
  readonly bytes: number
}

/** What a decision point needs of the request. */
export interface QuestionNeeds {
  /** Whether the attributes of the resource are loaded. */
  readonly attributes: boolean
  /** Whether what the resource belongs to matters. */
  readonly parents: boolean
}

interface QuestionSettings<Out> {
  readonly naming: EntityNaming
  readonly writer: ValueWriter<Out>
  readonly entities: EntitySource
  readonly needs: QuestionNeeds
  /** Whether what Verified Permissions would not take is refused. */
  readonly serviceLimits: boolean
  /** Which claims have a place in the schema. */
  readonly declared: Readonly<Record<ClaimKind, DeclaredClaims>>
}

/**
 * Maps a request as Verified Permissions maps one with a token: principal `<pool id>|<sub>`, groups as its parents, the
 * claims of an access token in `context.token`. Throws {@link Unmappable} for data that Cedar has no value for.
 */
export async function cedarQuestion<Out>(
  request: DecisionRequest,
  { naming, writer, entities: more, needs, serviceLimits, declared }: QuestionSettings<Out>,
): Promise<CedarQuestion<Out>> {
  const budget = new SizeBudget(serviceLimits ? undefined : Number.POSITIVE_INFINITY)
  const writing: Writing<Out> = { writer, budget, reference: naming.reference }
  const kind = claimKind(request.principal.claims)
  const place = declared[kind]
  const written = writeClaims(writing, kind === 'access' ? 'context.token' : 'principal', request.principal, place)
  const resource = request.resource === undefined ? naming.application : naming.reference('resource', request.resource)
  const action = actionReference(request.action, naming)
  const context = writeContext(writing, request.context)

  const entities = new WrittenEntities(writing, principalEntity(request, naming, kind === 'id' ? written : {}))
  if (request.resource !== undefined) {
    const { type, id } = request.resource
    refuseAction('policy.resource', type)
    const attributes = needs.attributes ? await request.resource.attributes() : {}
    const parents = needs.parents ? request.resource.parents : []
    if (Object.keys(attributes).length > 0 || parents.length > 0) entities.add({ type, id, attributes, parents })
  }
  for (const entity of typeof more === 'function' ? await more(request) : more) entities.add(entity)
  const { principal, others, saysMoreOfPrincipal } = entities
  if (serviceLimits) {
    entities.checkAncestors('principal', principal.uid)
    entities.checkAncestors('resource', resource)
  }
  const token = kind === 'access' && place !== 'none' ? written : undefined
  return { principal, action, resource, context, token, entities: others, saysMoreOfPrincipal, bytes: budget.spent }
}

function principalEntity<Out>(
  { principal: { subject, issuer, groups } }: DecisionRequest,
  naming: EntityNaming,
  attributes: Readonly<Record<string, Out>>,
): WrittenEntity<Out> {
  const prefix = naming.prefixOf(issuer)
  const named = (id: string) => ({ type: naming.principalType, id: `${prefix}|${id}` })
  return {
    uid: naming.reference('principal', named(subject)),
    attributes,
    parents: distinct(groups).map((group) => naming.group(prefix, group)),
  }
}

function actionReference(action: string, { actionType }: EntityNaming): EntityReference {
  checkLength('action', action, MAX_LENGTHS.action)
  return { type: actionType, id: wellFormed('action', action) }
}

function writeContext<Out>(writing: Writing<Out>, context: object): Readonly<Record<string, Out>> {
  if (Object.hasOwn(context, 'token')) {
    throw new ConfigurationError(
      'policy.context',
      'must have no member token: the claims of the access token stand there',
    )
  }
  return writeMembers(writing, 'context', context)
}
