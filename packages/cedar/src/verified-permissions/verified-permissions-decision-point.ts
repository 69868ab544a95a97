import type { AttributeValue } from '@aws-sdk/client-verifiedpermissions'
import type { Decision, DecisionRequest, Duration, PolicyDecisionPoint } from '@tokenward/core'
import { ConfigurationError } from '@tokenward/core/errors'
import { type EntitiesOption, entitySource } from '../mapping/cedar-entity.js'
import { cedarQuestion } from '../mapping/cedar-question.js'
import { type EntityNaming, type EntityNamingOptions, entityNaming, NAMING_OPTIONS } from '../mapping/entity-naming.js'
import { type DeclaredClaims, isNarrowed } from '../mapping/token-claims.js'
import { Unmappable } from '../mapping/unmappable.js'
import { checkOptionNames } from '../options.js'
import { attributeValueWriter } from './attribute-value.js'
import { batching } from './decision-batch.js'
import { policyStore, type VerifiedPermissionsSender } from './policy-store.js'
import { undecided } from './store-answer.js'
import { questionWithPrincipal, questionWithToken, type StoreQuestion } from './store-question.js'

/** How Verified Permissions is asked. */
export interface VerifiedPermissionsDecisionPointOptions extends EntityNamingOptions {
  /** Id of the policy store, or `policy-store-alias/<name>`. */
  readonly policyStoreId: string
  /** A client of `@aws-sdk/client-verifiedpermissions`, with Region, credentials and retries as the application wants them. */
  readonly client: VerifiedPermissionsSender
  /**
   * The issuer that is the policy store's identity source, as in `iss`. Its tokens are sent as they are
   * (`IsAuthorizedWithToken`); those of other issuers are mapped here (`IsAuthorized`). Default: no issuer.
   */
  readonly identitySource?: string | undefined
  /**
   * The claims that the store's schema declares, where tokens are mapped here: those of access tokens in `context.token`, of ID
   * tokens as attributes of the principal. A store that validates refuses others. Default: all claims.
   */
  readonly tokenClaims?: readonly string[] | undefined
  /** Entities beside the resource. Default none. */
  readonly entities?: EntitiesOption | undefined
  /**
   * Whether decisions about one token that are asked for at the same time, as in a tRPC batch, are one call. It saves round
   * trips, and AWS has another price for it: see its page. Default `false`.
   */
  readonly batch?: boolean | undefined
  /**
   * Longest time for one decision: loading the resource, and all attempts of the client. Default `'3s'`, range `'100ms'` to
   * `'30s'`.
   */
  readonly timeout?: Duration | undefined
}

const OWNER = 'verifiedPermissionsDecisionPoint'
const OPTIONS = [
  'policyStoreId',
  'client',
  'identitySource',
  'tokenClaims',
  'entities',
  'batch',
  'timeout',
  ...NAMING_OPTIONS,
]

/** Everything: what the policies of the store read is not known here. */
const NEEDS = { attributes: true, parents: true }

/**
 * A decision point for `createResourceServer({ decisionPoint })` that asks Amazon Verified Permissions. An exception about
 * access or validation is `'configuration'`; throttling, an outage and a timeout are `'unavailable'`.
 */
export function verifiedPermissionsDecisionPoint(
  options: VerifiedPermissionsDecisionPointOptions,
): PolicyDecisionPoint {
  checkOptionNames(OWNER, options, OPTIONS)
  const { policyStoreId, client, identitySource, batch = false, timeout } = options
  checkStore(policyStoreId, client)
  checkIdentitySource(identitySource)
  if (typeof batch !== 'boolean') throw new ConfigurationError(`${OWNER}.batch`, 'must be true or false')
  const naming = entityNaming(OWNER, options)
  const entities = entitySource(`${OWNER}.entities`, options.entities, naming)
  checkGroups(options, naming)
  const claims = declaredClaims(options.tokenClaims)
  const declared = { access: claims, id: claims }
  const store = policyStore(client, policyStoreId)
  const { one } = batch ? batching(store) : store

  async function questionFor(request: DecisionRequest): Promise<StoreQuestion> {
    const question = await cedarQuestion<AttributeValue>(request, {
      naming,
      writer: attributeValueWriter,
      entities,
      needs: NEEDS,
      serviceLimits: true,
      declared,
    })
    // The store would read the scopes that the token had.
    const isAsInToken = !isNarrowed(request.principal)
    return request.principal.issuer === identitySource && isAsInToken
      ? questionWithToken(request, question, naming)
      : questionWithPrincipal(question)
  }

  async function decide(request: DecisionRequest, signal: AbortSignal): Promise<Decision> {
    const question = await questionFor(request)
    try {
      return await one(question, signal)
    } catch (error) {
      return undecided(error)
    }
  }

  return {
    timeout,
    async decide(request, { signal }) {
      try {
        return await decide(request, signal)
      } catch (cause) {
        if (cause instanceof Unmappable) return { decision: 'error', reason: 'request-data', cause }
        throw cause
      }
    },
    explain: () =>
      `Amazon Verified Permissions, policy store ${policyStoreId}, by ${identitySource === undefined ? 'principals' : `tokens of ${identitySource}`}`,
  }
}

function checkStore(policyStoreId: unknown, client: VerifiedPermissionsSender | null): void {
  if (typeof policyStoreId !== 'string' || !/^[a-zA-Z0-9-/_]{1,200}$/.test(policyStoreId)) {
    throw new ConfigurationError(
      `${OWNER}.policyStoreId`,
      "must be the id of a policy store, or 'policy-store-alias/<name>'",
    )
  }
  if (typeof client?.send !== 'function') {
    throw new ConfigurationError(`${OWNER}.client`, 'must be a client of @aws-sdk/client-verifiedpermissions')
  }
}

function checkIdentitySource(identitySource: unknown): void {
  if (identitySource === undefined || (typeof identitySource === 'string' && URL.canParse(identitySource))) return
  throw new ConfigurationError(`${OWNER}.identitySource`, 'must be an issuer, as the claim iss of its tokens has it')
}

/** A list can be judged at start-up; what a function says is judged with each request. */
function checkGroups(
  { identitySource, entities }: VerifiedPermissionsDecisionPointOptions,
  naming: EntityNaming,
): void {
  if (identitySource === undefined || typeof entities !== 'object') return
  if (entities.every(({ type }) => naming.qualify(type) !== naming.groupType)) return
  throw new ConfigurationError(
    `${OWNER}.entities`,
    `must have nothing of type ${naming.groupType}: beside a token Verified Permissions takes no groups`,
  )
}

function declaredClaims(names: readonly string[] | undefined): DeclaredClaims {
  if (names === undefined) return 'any'
  if (!Array.isArray(names) || ![...names].every((name) => typeof name === 'string' && name !== '')) {
    throw new ConfigurationError(`${OWNER}.tokenClaims`, 'must be a list of names of claims')
  }
  return names.length === 0 ? 'none' : { names: new Set(names), sets: new Set(['scope']) }
}
