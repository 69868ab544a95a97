import { ConfigurationError } from '@tokenward/core'
import { Duration, Token } from 'aws-cdk-lib'
import {
  ApiMapping,
  CfnDomainName,
  DomainName,
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  type HttpRouteIntegration,
  HttpRoute,
  HttpRouteKey,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2'
import {
  HttpJwtAuthorizer,
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { CHECKED, type CheckedHttpApi, type HttpApiWiring } from './http-api-wiring.js'
import type { TemplateValue } from './template-value.js'

/** What a {@link ProtectedHttpApi} is made of. */
export interface ProtectedHttpApiProps {
  /** What `httpApiWiring` made of the description. */
  readonly wiring: HttpApiWiring
  /** What stands behind every route. */
  readonly integration: HttpRouteIntegration
  /** Others, by route key. Default none. */
  readonly integrations?: Readonly<Record<string, HttpRouteIntegration>>
  /** The function with the authorizer. Needed for routes with `authorizer: 'lambda'`. */
  readonly authorizerFunction?: IFunction
}

/**
 * An HTTP API with its routes and authorizers, for AWS CDK 2. Everything CDK would take for granted is said: payload format,
 * simple responses, and for how long results are kept, which is five minutes otherwise.
 *
 * @throws {@link ConfigurationError} where a part is missing.
 */
export class ProtectedHttpApi extends Construct {
  /** The API. */
  readonly httpApi: HttpApi
  /** Its routes, by key. */
  readonly routes: Readonly<Record<string, HttpRoute>>
  /** The domain with mutual TLS; `undefined` where the description has none. */
  readonly domainName: CfnDomainName | undefined
  /** What puts the API on that domain. */
  readonly apiMapping: ApiMapping | undefined

  constructor(scope: Construct, id: string, props: ProtectedHttpApiProps) {
    super(scope, id)
    const api = props.wiring[CHECKED]
    const { integrations = {} } = props
    const strange = Object.keys(integrations).find((key) => api.routes.every((route) => route.key !== key))
    if (strange !== undefined) {
      throw new ConfigurationError(
        'ProtectedHttpApi.integrations',
        `has '${strange}', which is no route of the description`,
      )
    }
    this.httpApi = new HttpApi(this, 'Api', {
      apiName: api.name,
      // Without it every client could leave the domain aside, and its certificate with it.
      disableExecuteApiEndpoint: api.mutualTls !== undefined,
    })
    const authorizers = authorizersOf(api, props.authorizerFunction)
    this.routes = Object.fromEntries(
      api.routes.map(({ key, authorizer, scopes }) => {
        const route = new HttpRoute(this, `Route ${key}`, {
          httpApi: this.httpApi,
          routeKey: routeKeyOf(key),
          integration: integrations[key] ?? props.integration,
          authorizer: authorizers(authorizer),
          ...(scopes.length > 0 && { authorizationScopes: [...scopes] }),
        })
        return [key, route]
      }),
    )
    this.domainName = this.#domain(api)
    this.apiMapping = this.domainName && this.#mapping(this.domainName)
  }

  #domain({ mutualTls }: CheckedHttpApi): CfnDomainName | undefined {
    if (mutualTls === undefined) return undefined
    const { domainName, certificateArn, truststoreUri, truststoreVersion } = mutualTls
    return new CfnDomainName(this, 'DomainName', {
      domainName: text(domainName),
      domainNameConfigurations: [
        { certificateArn: text(certificateArn), endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' },
      ],
      mutualTlsAuthentication: {
        truststoreUri: text(truststoreUri),
        ...(truststoreVersion !== undefined && { truststoreVersion: text(truststoreVersion) }),
      },
    })
  }

  #mapping(domain: CfnDomainName): ApiMapping {
    const imported = DomainName.fromDomainNameAttributes(this, 'ImportedDomainName', {
      name: domain.ref,
      regionalDomainName: domain.attrRegionalDomainName,
      regionalHostedZoneId: domain.attrRegionalHostedZoneId,
    })
    return new ApiMapping(this, 'ApiMapping', { api: this.httpApi, domainName: imported })
  }
}

/** Each is made once, and only if a route has it. */
function authorizersOf(
  { name, issuer, identitySources, isSimple, ttl }: CheckedHttpApi,
  authorizerFunction: IFunction | undefined,
): (kind: 'jwt' | 'lambda' | 'none') => IHttpRouteAuthorizer {
  const made = new Map<string, IHttpRouteAuthorizer>([['none', new HttpNoneAuthorizer()]])
  const make = {
    jwt() {
      // Routes with it have made sure of the issuer.
      const { issuer: identifier, audience } = issuer as NonNullable<typeof issuer>
      return new HttpJwtAuthorizer(`${name}-jwt`, text(identifier), {
        jwtAudience: audience.map((value) => text(value)),
        identitySource: ['$request.header.Authorization'],
      })
    },
    lambda() {
      if (authorizerFunction === undefined) {
        throw new ConfigurationError(
          'ProtectedHttpApi.authorizerFunction',
          "is needed for routes with authorizer: 'lambda'",
        )
      }
      return new HttpLambdaAuthorizer(`${name}-lambda`, authorizerFunction, {
        // For policy documents CDK takes payload format 1.0, which the authorizer understands as well.
        responseTypes: isSimple ? [HttpLambdaResponseType.SIMPLE] : [HttpLambdaResponseType.IAM],
        identitySource: [...identitySources],
        resultsCacheTtl: Duration.seconds(ttl),
      })
    },
  }
  return (kind) => {
    const known = made.get(kind) ?? make[kind as 'jwt' | 'lambda']()
    made.set(kind, known)
    return known
  }
}

function routeKeyOf(key: string): HttpRouteKey {
  const [method, path] = key.split(' ') as [HttpMethod, string | undefined]
  return path === undefined ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, method)
}

/** Functions of CloudFormation stay what they are, behind the text that CDK has for them. */
function text(value: TemplateValue): string {
  return typeof value === 'string' ? value : Token.asString(value)
}
