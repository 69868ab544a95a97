import { assertOptionNames } from '../option-check.js'
import { CHECKED, type HttpApiWiring } from './http-api-wiring.js'
import { checkValue, type TemplateResource, type TemplateValue } from './template-value.js'

/** What a template needs beside the description. */
export interface SamParts {
  /** The ARN of the authorizer's function. Needed for routes with `authorizer: 'lambda'`. */
  readonly authorizerFunctionArn?: TemplateValue
}

/** Parts of a SAM template. */
export interface SamFragment {
  /** The API, under its logical id. */
  readonly Resources: Readonly<Record<string, TemplateResource>>
  /** Events for your functions, by route key: put each among the `Events` of the function behind it. */
  readonly events: Readonly<Record<string, TemplateResource>>
}

/**
 * The SAM form of an HTTP API: `AWS::Serverless::HttpApi` with its authorizers, and the event of each route. Names are those
 * of the SAM documentation.
 *
 * @throws {@link ConfigurationError} where a part is missing.
 */
export function sam(wiring: HttpApiWiring, parts: SamParts = {}): SamFragment {
  assertOptionNames('sam', parts, ['authorizerFunctionArn'])
  const { prefix, name, issuer, routes, hasLambdaAuthorizer, ttl, identitySources, isSimple, mutualTls } =
    wiring[CHECKED]
  const authorizers = {
    ...(issuer !== undefined && {
      jwt: {
        IdentitySource: '$request.header.Authorization',
        JwtConfiguration: { issuer: issuer.issuer, audience: [...issuer.audience] },
      },
    }),
    ...(hasLambdaAuthorizer && {
      lambda: {
        FunctionArn: checkValue('sam.authorizerFunctionArn', parts.authorizerFunctionArn),
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: isSimple,
        EnableFunctionDefaultPermissions: true,
        Identity: { ...identityOf(identitySources), ReauthorizeEvery: ttl },
      },
    }),
  }
  return {
    Resources: {
      [`${prefix}Api`]: {
        Type: 'AWS::Serverless::HttpApi',
        Properties: {
          Name: name,
          DisableExecuteApiEndpoint: mutualTls !== undefined,
          Auth: { Authorizers: authorizers },
          ...(mutualTls !== undefined && {
            Domain: {
              DomainName: mutualTls.domainName,
              CertificateArn: mutualTls.certificateArn,
              EndpointConfiguration: 'REGIONAL',
              SecurityPolicy: 'TLS_1_2',
              MutualTlsAuthentication: {
                TruststoreUri: mutualTls.truststoreUri,
                ...(mutualTls.truststoreVersion !== undefined && { TruststoreVersion: mutualTls.truststoreVersion }),
              },
            },
          }),
        },
      },
    },
    events: Object.fromEntries(
      routes.map(({ key, authorizer, scopes }) => [
        key,
        {
          Type: 'HttpApi',
          Properties: {
            ApiId: { Ref: `${prefix}Api` },
            ...placeOf(key),
            Auth: {
              Authorizer: authorizer === 'none' ? 'NONE' : authorizer,
              ...(scopes.length > 0 && { AuthorizationScopes: [...scopes] }),
            },
          },
        },
      ]),
    ),
  }
}

/** SAM takes an event without method and path for `$default`. */
function placeOf(key: string): { readonly Method?: string; readonly Path?: string } {
  const [method, path] = key.split(' ') as [string, string | undefined]
  return path === undefined ? {} : { Method: method, Path: path }
}

const PARTS = {
  Headers: '$request.header.',
  QueryStrings: '$request.querystring.',
  Context: '$context.',
  StageVariables: '$stageVariables.',
} as const

function identityOf(identitySources: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const named = Object.entries(PARTS).map(([part, begin]): [string, readonly string[]] => [
    part,
    identitySources.filter((source) => source.startsWith(begin)).map((source) => source.slice(begin.length)),
  ])
  return Object.fromEntries(named.filter(([, names]) => names.length > 0))
}
