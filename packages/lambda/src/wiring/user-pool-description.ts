import { ConfigurationError } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'
import { assertOptionNames } from '../option-check.js'
import { checkValue, checkValues, sub, type TemplateValue } from './template-value.js'

/** The user pool whose tokens a gateway accepts. */
export interface UserPoolDescription {
  /** Its id, or what CloudFormation resolves to it. */
  readonly userPoolId: TemplateValue
  /** App client ids whose tokens are accepted. None is ever made. */
  readonly clientIds: readonly TemplateValue[]
  /** The issuer format the pool is switched to (Amazon Cognito, `IssuerConfiguration.Type`). Default `'ORIGINAL'`. */
  readonly issuer?: 'ORIGINAL' | 'UPDATED'
  /**
   * `true`: somebody has seen a JWT authorizer accept tokens of this pool under its UPDATED issuer. No page of AWS says that
   * it does. Default `false`.
   */
  readonly updatedIssuerTried?: boolean
  /**
   * Resources that clients bind their tokens to (RFC 8707). Such a token has an `aud`, and then a gateway looks for it there,
   * and not for its client. Default none.
   */
  readonly resources?: readonly string[]
}

/** What a gateway compares tokens with. */
export interface GatewayIssuer {
  readonly issuer: TemplateValue
  readonly audience: readonly TemplateValue[]
}

const KNOWN = ['userPoolId', 'clientIds', 'issuer', 'updatedIssuerTried', 'resources']
/** An authorizer takes no more. */
const MAX_AUDIENCES = 50

/** A description that was checked. */
export interface CheckedUserPool {
  /** What a JWT authorizer of an HTTP API is told. */
  forJwtAuthorizer(option: string, audience: readonly TemplateValue[] | undefined): GatewayIssuer
}

export function checkUserPool(option: string, given: unknown): CheckedUserPool {
  assertOptionNames(option, given, KNOWN)
  const {
    userPoolId,
    clientIds,
    issuer = 'ORIGINAL',
    updatedIssuerTried = false,
    resources = [],
  } = given as UserPoolDescription
  const pool = checkValue(`${option}.userPoolId`, userPoolId)
  const clients = checkValues(`${option}.clientIds`, clientIds)
  if (issuer !== 'ORIGINAL' && issuer !== 'UPDATED') {
    throw new ConfigurationError(`${option}.issuer`, "must be 'ORIGINAL' or 'UPDATED'")
  }
  if (typeof updatedIssuerTried !== 'boolean') {
    throw new ConfigurationError(`${option}.updatedIssuerTried`, 'must be true or false')
  }
  if (!Array.isArray(resources) || !resources.every((resource) => typeof resource === 'string' && resource !== '')) {
    throw new ConfigurationError(`${option}.resources`, 'must be a list of resource identifiers (RFC 8707)')
  }
  const isUpdated = issuer === 'UPDATED'
  return {
    forJwtAuthorizer(authorizer, audience = [...clients, ...resources]) {
      if (isUpdated && !updatedIssuerTried) {
        throw new ConfigurationError(
          `${option}.issuer`,
          'is UPDATED, which no page of AWS says a JWT authorizer accepts; try it, and say updatedIssuerTried: true',
        )
      }
      const missing = resources.find((resource) => !audience.includes(resource))
      if (missing !== undefined) {
        throw new ConfigurationError(
          `${authorizer}.audience`,
          `lacks ${missing}: a token that is bound to a resource is refused however many clients are listed`,
        )
      }
      if (audience.length > MAX_AUDIENCES) {
        throw new ConfigurationError(`${authorizer}.audience`, `has more than ${MAX_AUDIENCES} values`)
      }
      return { issuer: issuerOf(`${option}.userPoolId`, pool, isUpdated), audience }
    },
  }
}

/** What CDK writes in place of text that is known at the deployment. */
export function isCdkToken(value: string): boolean {
  return value.includes('${Token[')
}

/** The identifier that core compares `iss` with, so that both sides of a deployment mean the same. */
function issuerOf(option: string, userPoolId: TemplateValue, isUpdated: boolean): TemplateValue {
  if (typeof userPoolId === 'string' && !isCdkToken(userPoolId)) {
    try {
      const { issuers } = cognitoUserPool({ userPoolId, clientId: null })
      return issuers[isUpdated ? 1 : 0] as string
    } catch {
      throw new ConfigurationError(option, "must be a user pool id such as 'eu-west-1_AbCdEf123'")
    }
  }
  const host = `${isUpdated ? 'issuer-' : ''}cognito-idp`
  return sub(`https://${host}.\${AWS::Region}.\${AWS::URLSuffix}/\${UserPoolId}`, { UserPoolId: userPoolId })
}
