import type {
  ActionIdentifier,
  AttributeValue,
  ContextDefinition,
  EntityIdentifier,
  EntityItem,
} from '@aws-sdk/client-verifiedpermissions'
import { ConfigurationError, type DecisionRequest } from '@tokenward/core'
import type { CedarQuestion } from '../mapping/cedar-question.js'
import type { EntityNaming } from '../mapping/entity-naming.js'
import { claimKind } from '../mapping/token-claims.js'
import type { WrittenEntity } from '../mapping/written-entity.js'
import { entityIdentifier, entityItem } from './attribute-value.js'

/** One decision, as the operations of the service take it: alone, or with others about the same caller. */
export interface StoreQuestion {
  /** The caller: a token, or a principal. All decisions of a batch have the same. */
  readonly caller: Caller
  readonly request: {
    readonly action: ActionIdentifier
    readonly resource: EntityIdentifier
    readonly context?: ContextDefinition
  }
  readonly entities: readonly EntityItem[]
  readonly bytes: number
}

/** Members of the input that say who calls. */
export type Caller =
  | { readonly accessToken: string }
  | { readonly identityToken: string }
  | { readonly principal: EntityIdentifier }

/** `IsAuthorizedWithToken`: the store reads the token by itself. */
export function questionWithToken(
  { principal, accessToken }: DecisionRequest,
  question: CedarQuestion<AttributeValue>,
  { principalType, groupType }: EntityNaming,
): StoreQuestion {
  const ofUsers = question.entities.find(({ uid }) => uid.type === principalType || uid.type === groupType)
  if (ofUsers !== undefined || question.saysMoreOfPrincipal) {
    throw new ConfigurationError(
      'policy.resource',
      `says something of a ${ofUsers?.uid.type ?? principalType}, and beside a token Verified Permissions takes no entities of the types of users and groups`,
    )
  }
  const token = accessToken()
  return {
    caller: claimKind(principal.claims) === 'id' ? { identityToken: token } : { accessToken: token },
    request: requestOf(question, question.context),
    entities: question.entities.map(entityItem),
    bytes: question.bytes + token.length,
  }
}

/** `IsAuthorized`: what Verified Permissions would make of a token is made here. */
export function questionWithPrincipal(question: CedarQuestion<AttributeValue>): StoreQuestion {
  const { principal, context, token } = question
  const entities: readonly WrittenEntity<AttributeValue>[] = [principal, ...question.entities]
  return {
    caller: { principal: entityIdentifier(principal.uid) },
    request: requestOf(question, token === undefined ? context : { ...context, token: { record: { ...token } } }),
    entities: entities
      .map(entityItem)
      .filter(({ attributes, parents }) => attributes !== undefined || parents !== undefined),
    bytes: question.bytes,
  }
}

function requestOf(
  { action, resource }: CedarQuestion<AttributeValue>,
  context: Readonly<Record<string, AttributeValue>>,
): StoreQuestion['request'] {
  return {
    action: { actionType: action.type, actionId: action.id },
    resource: entityIdentifier(resource),
    ...(Object.keys(context).length > 0 && { context: { contextMap: { ...context } } }),
  }
}
