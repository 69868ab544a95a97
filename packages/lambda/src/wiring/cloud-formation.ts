import { createHash } from 'node:crypto'
import { ConfigurationError } from '@tokenward/core'
import { assertOptionNames } from '../option-check.js'
import { CHECKED, type CheckedHttpApi, type HttpApiWiring } from './http-api-wiring.js'
import { checkValue, sub, type TemplateResource, type TemplateValue } from './template-value.js'

/** What a template needs beside the description. */
export interface TemplateParts {
  /** The integration behind every route, as `{ Ref: 'OrdersIntegration' }`; it is yours. */
  readonly integration: TemplateValue
  /** Others, by route key. Default none. */
  readonly integrations?: Readonly<Record<string, TemplateValue>>
  /** The ARN of the authorizer's function. Needed for routes with `authorizer: 'lambda'`. */
  readonly authorizerFunctionArn?: TemplateValue
}

/** Part of a template. */
export interface TemplateFragment {
  /** By logical id, each beginning with the name of the API. */
  readonly Resources: Readonly<Record<string, TemplateResource>>
}

/**
 * The CloudFormation resources of an HTTP API: the API, its `$default` stage, authorizers, permission, routes, and a domain
 * with mutual TLS where there is one. Merge them into your template.
 *
 * @throws {@link ConfigurationError} where a part is missing.
 */
export function cloudFormation(wiring: HttpApiWiring, parts: TemplateParts): TemplateFragment {
  const api = wiring[CHECKED]
  assertOptionNames('cloudFormation', parts, ['integration', 'integrations', 'authorizerFunctionArn'])
  const integration = checkValue('cloudFormation.integration', parts.integration)
  const others = parts.integrations ?? {}
  const strange = Object.keys(others).find((key) => api.routes.every((route) => route.key !== key))
  if (strange !== undefined) {
    throw new ConfigurationError(
      'cloudFormation.integrations',
      `has '${strange}', which is no route of the description`,
    )
  }
  const { prefix } = api
  const apiId = { Ref: `${prefix}Api` }
  return {
    Resources: {
      [`${prefix}Api`]: {
        Type: 'AWS::ApiGatewayV2::Api',
        Properties: {
          Name: api.name,
          ProtocolType: 'HTTP',
          // Without it every client could leave the domain aside, and its certificate with it.
          DisableExecuteApiEndpoint: api.mutualTls !== undefined,
        },
      },
      [`${prefix}Stage`]: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: { ApiId: apiId, StageName: '$default', AutoDeploy: true },
      },
      ...jwtAuthorizer(api),
      ...lambdaAuthorizer(api, parts.authorizerFunctionArn),
      ...Object.fromEntries(
        api.routes.map((route) => [
          `${prefix}Route${idOf(route.key)}`,
          {
            Type: 'AWS::ApiGatewayV2::Route',
            Properties: {
              ApiId: apiId,
              RouteKey: route.key,
              Target: sub('integrations/${Integration}', {
                Integration: checkValue('cloudFormation.integrations', others[route.key] ?? integration),
              }),
              ...authorizationOf(prefix, route),
            },
          },
        ]),
      ),
      ...mutualTlsDomain(api),
    },
  }
}

function authorizationOf(prefix: string, { authorizer, scopes }: CheckedHttpApi['routes'][number]) {
  switch (authorizer) {
    case 'none':
      return { AuthorizationType: 'NONE' }
    case 'jwt':
      return {
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: `${prefix}JwtAuthorizer` },
        ...(scopes.length > 0 && { AuthorizationScopes: [...scopes] }),
      }
    case 'lambda':
      return { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: `${prefix}LambdaAuthorizer` } }
  }
}

function jwtAuthorizer({ name, prefix, issuer }: CheckedHttpApi): Record<string, TemplateResource> {
  if (issuer === undefined) return {}
  return {
    [`${prefix}JwtAuthorizer`]: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: `${prefix}Api` },
        Name: `${name}-jwt`,
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: issuer.issuer, Audience: [...issuer.audience] },
      },
    },
  }
}

function lambdaAuthorizer(
  { name, prefix, hasLambdaAuthorizer, ttl, identitySources, isSimple }: CheckedHttpApi,
  functionArn: TemplateValue | undefined,
): Record<string, TemplateResource> {
  if (!hasLambdaAuthorizer) return {}
  const arn = checkValue('cloudFormation.authorizerFunctionArn', functionArn)
  const invocations =
    'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations'
  const source = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${prefix}Api}/authorizers/\${${prefix}LambdaAuthorizer}`
  return {
    [`${prefix}LambdaAuthorizer`]: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: `${prefix}Api` },
        Name: `${name}-lambda`,
        AuthorizerType: 'REQUEST',
        AuthorizerUri: sub(invocations, { FunctionArn: arn }),
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: isSimple,
        // Said, even where it is 0: what is not said is what AWS, or a tool in between, takes for granted.
        AuthorizerResultTtlInSeconds: ttl,
        IdentitySource: [...identitySources],
      },
    },
    [`${prefix}LambdaAuthorizerPermission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: arn,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: sub(source),
      },
    },
  }
}

function mutualTlsDomain({ prefix, mutualTls }: CheckedHttpApi): Record<string, TemplateResource> {
  if (mutualTls === undefined) return {}
  const { domainName, certificateArn, truststoreUri, truststoreVersion } = mutualTls
  return {
    [`${prefix}DomainName`]: {
      Type: 'AWS::ApiGatewayV2::DomainName',
      Properties: {
        DomainName: domainName,
        DomainNameConfigurations: [
          { CertificateArn: certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
        ],
        MutualTlsAuthentication: {
          TruststoreUri: truststoreUri,
          ...(truststoreVersion !== undefined && { TruststoreVersion: truststoreVersion }),
        },
      },
    },
    [`${prefix}ApiMapping`]: {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: {
        ApiId: { Ref: `${prefix}Api` },
        DomainName: { Ref: `${prefix}DomainName` },
        Stage: { Ref: `${prefix}Stage` },
      },
    },
  }
}

/** A logical id has letters and digits alone. Of two routes that shared one, the first would not be deployed. */
function idOf(key: string): string {
  const words = key
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ')
  const name = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`).join('')
  return `${name}${createHash('sha256').update(key).digest('hex').slice(0, 16)}`
}
