import type { ClientCertificate, ProtectedRequest } from '../vocabulary/protected-request.js'

/**
 * The part that is read of the events AWS sends to a function for an HTTP request, and to a Lambda authorizer that gets
 * the whole request: API Gateway REST and HTTP APIs, function URLs and Application Load Balancers.
 */
export type AwsHttpEvent = AwsEventV1 | AwsEventV2

/** Payload format 1.0, of REST APIs and of HTTP APIs that ask for it. Application Load Balancers send the same members. */
export interface AwsEventV1 {
  /** `'1.0'` in HTTP APIs, absent elsewhere. */
  readonly version?: string | undefined
  /** HTTP method. */
  readonly httpMethod: string
  /** The path; in REST APIs without the stage. */
  readonly path: string
  /** The last value of each header. `null` where the console of API Gateway makes the event. */
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined
  /** Every value of each header. A load balancer sends these or `headers`, as its target group says. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined
  /** The last value of each query parameter. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null | undefined
  /** Every value of each query parameter. */
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined
  /** What the gateway took from the path. A load balancer takes nothing. */
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null | undefined
  /** What the gateway knows of the request. */
  readonly requestContext?:
    | {
        readonly path?: string | undefined
        readonly elb?: object | undefined
        readonly identity?: { readonly clientCert?: AwsClientCertificate | null | undefined } | null | undefined
      }
    | undefined
}

/** Payload format 2.0, of HTTP APIs and function URLs. */
export interface AwsEventV2 {
  /** Always `'2.0'`, which tells the formats apart. */
  readonly version: string
  /** The path as the client sent it, with the stage unless that is `$default`. */
  readonly rawPath: string
  /** The query as the client sent it, without the question mark. */
  readonly rawQueryString: string
  /** Names in lower case. Repeated headers come joined with a comma, which is refused for `Authorization`. */
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined
  /** What the gateway took from the path. A function URL takes nothing. */
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null | undefined
  /** What the gateway knows of the request. */
  readonly requestContext: {
    readonly http: { readonly method: string }
    readonly authentication?: { readonly clientCert?: AwsClientCertificate | null | undefined } | null | undefined
  }
}

/** A client certificate that API Gateway has verified, on a custom domain with mutual TLS. */
export interface AwsClientCertificate {
  /** As PEM. */
  readonly clientCertPem: string
}

/**
 * Describes an event by what is read of it, under the path that the client sent. The results of a Lambda authorizer may not
 * be cached (`authorizerResultTtlInSeconds: 0`): another certificate, or a proof that comes again, would be let in by them.
 */
export function fromAwsEvent(event: AwsHttpEvent): ProtectedRequest {
  return isV2(event) ? fromV2(event) : fromV1(event)
}

function isV2(event: AwsHttpEvent): event is AwsEventV2 {
  return event.version === '2.0'
}

function fromV2({ rawPath, rawQueryString, headers, pathParameters, requestContext }: AwsEventV2): ProtectedRequest {
  return {
    method: requestContext.http.method,
    url: rawQueryString === '' ? rawPath : `${rawPath}?${rawQueryString}`,
    headers: headers ?? {},
    clientCertificate: verified(requestContext.authentication?.clientCert),
    params: pathParameters ?? undefined,
  }
}

function fromV1(event: AwsEventV1): ProtectedRequest {
  const { httpMethod, path, pathParameters, requestContext } = event
  const query = queryOf(event)
  return {
    method: httpMethod,
    // `path` lacks the stage of a REST API, which is part of what the client sent.
    url: `${requestContext?.path ?? path}${query === '' ? '' : `?${query}`}`,
    headers: headersOf(event),
    clientCertificate: verified(requestContext?.identity?.clientCert),
    // Headers of mutual TLS are the load balancer's own then: clients reach it, and nobody but it may invoke the function.
    deliveredBy: requestContext?.elb === undefined ? undefined : 'alb-event',
    params: pathParameters ?? undefined,
  }
}

/** The gateway lets in only those of authorities in its trust store. */
function verified(certificate: AwsClientCertificate | null | undefined): ClientCertificate | undefined {
  return certificate ? { pem: certificate.clientCertPem, verified: true } : undefined
}

/** Of a header that came twice, `headers` has one value: it counts only where the list of all lacks the name. */
function headersOf({ headers, multiValueHeaders }: AwsEventV1): ProtectedRequest['headers'] {
  const listed = new Set(Object.keys(multiValueHeaders ?? {}).map((name) => name.toLowerCase()))
  const others = Object.entries(headers ?? {}).filter(([name]) => !listed.has(name.toLowerCase()))
  return { ...Object.fromEntries(others), ...multiValueHeaders }
}

function queryOf({ queryStringParameters, multiValueQueryStringParameters, requestContext }: AwsEventV1): string {
  const pairs = Object.entries(multiValueQueryStringParameters ?? queryStringParameters ?? {}).flatMap(
    ([name, value = '']) => [value].flat().map((one): [string, string] => [name, one]),
  )
  // API Gateway has decoded them; a load balancer hands on what it got.
  if (requestContext?.elb !== undefined) return pairs.map(([name, value]) => `${name}=${value}`).join('&')
  return new URLSearchParams(pairs).toString()
}
