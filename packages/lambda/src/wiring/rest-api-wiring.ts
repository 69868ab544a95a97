import { ConfigurationError } from '@tokenward/core'
import type { AnyPolicy } from '../authorizers/authorizer-plan.js'
import { checkResultCache, restApiDialect, restTokenDialect, type ResultCache } from '../authorizers/result-cache.js'
import { assertRestRoutes } from '../authorizers/route-key.js'
import { assertOptionNames } from '../option-check.js'
import { checkHeldRoutes } from './held-routes.js'
import { checkRestUserPool, type RestUserPoolDescription } from './rest-user-pool.js'
import { checkRoutes, type CheckedRoute, gatewayScopes, type RouteDescription } from './route-description.js'
import { checkValue, sub, type TemplateResource, type TemplateValue } from './template-value.js'

/** A REST API with its methods and what they demand. */
export interface RestApiDescription {
  /** Begins the names of the resources. Letters and digits, for example `'orders'`. */
  readonly name: string
  /** The API, as `{ Ref: 'OrdersApi' }`; it is yours. */
  readonly restApiId: TemplateValue
  /** Who looks at tokens: a function, told the token or the request, or the gateway itself by a user pool. */
  readonly type: 'TOKEN' | 'REQUEST' | 'COGNITO_USER_POOLS'
  /** What API Gateway does with results of a function. Default `'off'`, which says 0 seconds: it would keep them for 300. */
  readonly resultCache?: ResultCache
  /** The ARN of the authorizer's function. Needed for TOKEN and REQUEST. */
  readonly authorizerFunctionArn?: TemplateValue
  /** The pool. Needed for COGNITO_USER_POOLS. */
  readonly userPool?: RestUserPoolDescription
  /** The ARN of the pool, as `{ 'Fn::GetAtt': ['UserPool', 'Arn'] }`. Needed for COGNITO_USER_POOLS. */
  readonly userPoolArn?: TemplateValue
  /**
   * `true`: any client of the pool may come, with a token for any resource. A COGNITO_USER_POOLS authorizer compares neither,
   * so each of its routes says `checkedByFunction: true`, or the description says this. Default `false`.
   */
  readonly anyClient?: boolean
  /** Every method, by its key. */
  readonly routes: Readonly<Record<string, RouteDescription<'authorizer'>>>
}

/** The wiring of a REST API. */
export interface RestApiWiring {
  /** Give it to `restTokenAuthorizer` or `restRequestAuthorizer`. */
  readonly authorizerOptions: {
    readonly routes: Readonly<Record<string, AnyPolicy>>
    readonly resultCache: ResultCache
  }
  /** The authorizer and its permission. */
  readonly Resources: Readonly<Record<string, TemplateResource>>
  /** What each `AWS::ApiGateway::Method` says of it, by key: spread it into its `Properties`. */
  readonly methods: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const OWNER = 'restApiWiring'
const KNOWN = [
  'name',
  'restApiId',
  'type',
  'resultCache',
  'authorizerFunctionArn',
  'userPool',
  'userPoolArn',
  'anyClient',
  'routes',
]
const TYPES = ['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS'] as const
const TOKEN = 'method.request.header.Authorization'
const WITHOUT_SCOPES =
  'has no scopes: without them the authorizer of a user pool expects an ID token, and refuses access tokens'

/**
 * Checks the description of a REST API, and makes of it the CloudFormation resources of its authorizer.
 *
 * @throws {@link ConfigurationError} for what cannot be deployed, or would let in what it should not.
 */
export function restApiWiring(description: RestApiDescription): RestApiWiring {
  assertOptionNames(OWNER, description, KNOWN)
  const { name, type, resultCache = 'off' } = description
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name)) {
    throw new ConfigurationError(`${OWNER}.name`, "must be letters and digits, such as 'orders'")
  }
  if (!TYPES.includes(type)) throw new ConfigurationError(`${OWNER}.type`, `must be one of ${TYPES.join(', ')}`)
  const restApiId = checkValue(`${OWNER}.restApiId`, description.restApiId)
  const isCognito = type === 'COGNITO_USER_POOLS'
  assertOfType(description, isCognito)
  const ofGateway = isCognito ? ['authorizer'] : []
  const routes = checkRoutes(`${OWNER}.routes`, description.routes, { authorizers: ['authorizer'], ofGateway })
  assertRestRoutes(`${OWNER}.routes`, description.routes)
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}Authorizer`
  const common = { RestApiId: restApiId, Name: name, Type: type }
  const guarded = routes.filter(({ authorizer }) => authorizer === 'authorizer')
  if (isCognito) assertClientsChecked(guarded, description.anyClient)
  const scopesOf = (key: string) => {
    const route = guarded.find((one) => one.key === key)
    const scopes =
      isCognito && route !== undefined
        ? gatewayScopes(`${OWNER}.routes`, route, { withoutScopes: WITHOUT_SCOPES, needsScopes: true })
        : []
    return scopes.length === 0 ? {} : { AuthorizationScopes: [...scopes] }
  }
  const policies = Object.fromEntries(guarded.map(({ key, policy }) => [key, policy as AnyPolicy]))
  return {
    authorizerOptions: {
      routes: policies,
      resultCache,
    },
    Resources: isCognito
      ? { [id]: { Type: 'AWS::ApiGateway::Authorizer', Properties: { ...common, ...cognito(description) } } }
      : lambda(id, common, { ...description, resultCache, policies }),
    methods: Object.fromEntries(
      routes.map(({ key, authorizer }) => [
        key,
        authorizer === 'none'
          ? { AuthorizationType: 'NONE' }
          : {
              AuthorizationType: isCognito ? 'COGNITO_USER_POOLS' : 'CUSTOM',
              AuthorizerId: { Ref: id },
              ...scopesOf(key),
            },
      ]),
    ),
  }
}

/** What the type has no use for would be taken for a protection. */
function assertOfType(description: RestApiDescription, isCognito: boolean): void {
  const others = isCognito
    ? (['resultCache', 'authorizerFunctionArn'] as const)
    : (['userPool', 'userPoolArn', 'anyClient'] as const)
  const unused = others.find((name) => description[name] !== undefined)
  if (unused === undefined) return
  throw new ConfigurationError(`${OWNER}.${unused}`, `is not for an authorizer of the type ${description.type}`)
}

/** The gateway lets in every client with the scope; where no function looks again, somebody has to have meant it. */
function assertClientsChecked(guarded: readonly CheckedRoute<'authorizer'>[], anyClient: unknown = false): void {
  if (typeof anyClient !== 'boolean') throw new ConfigurationError(`${OWNER}.anyClient`, 'must be true or false')
  const unchecked = anyClient ? undefined : guarded.find(({ checkedByFunction }) => !checkedByFunction)
  if (unchecked === undefined) return
  throw new ConfigurationError(
    `${OWNER}.routes['${unchecked.key}'].checkedByFunction`,
    'must be true, where the function verifies the token itself: a COGNITO_USER_POOLS authorizer accepts any client of the pool; or say anyClient: true, where any may come',
  )
}

function cognito({ userPool, userPoolArn }: RestApiDescription): Readonly<Record<string, unknown>> {
  return { IdentitySource: TOKEN, ProviderARNs: [checkRestUserPool(OWNER, userPool, userPoolArn)] }
}

type LambdaDescription = RestApiDescription & {
  readonly resultCache: ResultCache
  readonly policies: Readonly<Record<string, AnyPolicy>>
}

function lambda(
  id: string,
  common: Readonly<Record<string, unknown>>,
  { type, authorizerFunctionArn, restApiId, resultCache, policies }: LambdaDescription,
): Readonly<Record<string, TemplateResource>> {
  const cache = checkResultCache(OWNER, resultCache, type === 'TOKEN' ? restTokenDialect : restApiDialect)
  if (Object.keys(policies).length > 0) {
    checkHeldRoutes(`${OWNER}.routes`, policies, cache, { inDocuments: true })
  }
  const arn = checkValue(`${OWNER}.authorizerFunctionArn`, authorizerFunctionArn)
  const invocations =
    'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations'
  const source = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${RestApiId}/authorizers/\${${id}}`
  const identitySources = resultCache === 'off' ? [TOKEN] : resultCache.identitySources
  return {
    [id]: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        ...common,
        IdentitySource: identitySources.join(','),
        AuthorizerUri: sub(invocations, { FunctionArn: arn }),
        // What is not said is five minutes.
        AuthorizerResultTtlInSeconds: cache.ttl / 1_000,
      },
    },
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: arn,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: sub(source, { RestApiId: restApiId }),
      },
    },
  }
}
