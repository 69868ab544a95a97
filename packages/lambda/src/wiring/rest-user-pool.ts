import { ConfigurationError } from '@tokenward/core'
import { assertOptionNames } from '../option-check.js'
import { checkValue, type TemplateValue } from './template-value.js'
import { isCdkToken, type UserPoolDescription } from './user-pool-description.js'

/** The user pool whose tokens a REST API accepts: those of every client, for every resource. */
export interface RestUserPoolDescription {
  /** Its id, or what CloudFormation resolves to it. */
  readonly userPoolId: TemplateValue
  /** The issuer format the pool is switched to. The authorizer accepts `'ORIGINAL'` alone, which is the default. */
  readonly issuer?: UserPoolDescription['issuer']
}

/** What a JWT authorizer compares, and this one does not. */
const UNCHECKED = { clientIds: 'clients', resources: 'resources' }

/**
 * Checks the pool of a COGNITO_USER_POOLS authorizer, and says by which ARN the authorizer knows it.
 *
 * @throws {@link ConfigurationError} for what that authorizer does not compare, and for an ARN of another pool.
 */
export function checkRestUserPool(owner: string, userPool: unknown, userPoolArn: unknown): TemplateValue {
  const option = `${owner}.userPool`
  assertNothingUnchecked(option, userPool)
  assertOptionNames(option, userPool, ['userPoolId', 'issuer'])
  const { userPoolId, issuer = 'ORIGINAL' } = userPool as RestUserPoolDescription
  const id = checkValue(`${option}.userPoolId`, userPoolId)
  if (issuer === 'UPDATED') {
    throw new ConfigurationError(
      `${option}.issuer`,
      'is UPDATED, whose tokens the COGNITO_USER_POOLS authorizer refuses; take a TOKEN or REQUEST authorizer',
    )
  }
  if (issuer !== 'ORIGINAL') throw new ConfigurationError(`${option}.issuer`, "must be 'ORIGINAL' or 'UPDATED'")
  const arn = checkValue(`${owner}.userPoolArn`, userPoolArn)
  if (isWritten(id) && isWritten(arn) && !arn.endsWith(`:userpool/${id}`)) {
    throw new ConfigurationError(
      `${owner}.userPoolArn`,
      `must end in 'userpool/${id}': it is that of another pool than userPool.userPoolId`,
    )
  }
  return arn
}

/** What is in the description and in nothing that is deployed would be taken for a protection. */
function assertNothingUnchecked(option: string, userPool: unknown): void {
  const given: object = typeof userPool === 'object' && userPool !== null ? userPool : {}
  for (const [name, things] of Object.entries(UNCHECKED)) {
    if (!Object.hasOwn(given, name)) continue
    throw new ConfigurationError(
      `${option}.${name}`,
      `is nothing that a COGNITO_USER_POOLS authorizer checks: it accepts tokens for all ${things} of the pool; say it where the function verifies them`,
    )
  }
}

/** Whether it is the text of the deployment, and not what becomes of something then. */
function isWritten(value: TemplateValue): value is string {
  return typeof value === 'string' && !isCdkToken(value)
}
