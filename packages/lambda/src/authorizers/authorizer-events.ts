import type { AwsEventV1, AwsEventV2 } from '@tokenward/core/aws'

/** The part that is read of an event for the authorizer of an HTTP API, in payload format 2.0. */
export interface HttpApiAuthorizerEventV2 extends AwsEventV2 {
  /** The request, as policy documents name it. */
  readonly routeArn: string
  /** The route, for example `'GET /orders/{id}'`. */
  readonly routeKey: string
}

/** The part that is read of an event for a REQUEST authorizer of a REST API, and of an HTTP API in payload format 1.0. */
export interface RequestAuthorizerEvent extends AwsEventV1 {
  /** The request, as policy documents name it. */
  readonly methodArn: string
  /** The path of the route, for example `'/orders/{id}'`. */
  readonly resource: string
}

/** An event for a TOKEN authorizer of a REST API. */
export interface TokenAuthorizerEvent {
  /** The request, as policy documents name it. */
  readonly methodArn: string
  /** The header with the token, as the client sent it. */
  readonly authorizationToken: string
}

/** The part that is read of an event for the authorizer of a WebSocket API, which is asked about `$connect` alone. */
export interface ConnectAuthorizerEvent extends Pick<
  AwsEventV1,
  'headers' | 'multiValueHeaders' | 'queryStringParameters' | 'multiValueQueryStringParameters' | 'requestContext'
> {
  /** The request, as policy documents name it; it ends with `/$connect`. */
  readonly methodArn: string
}

/** The part that is read of an event for the authorizer of an AppSync API. */
export interface AppSyncAuthorizerEvent {
  /** The `Authorization` header: a token, with or without `Bearer` before it. */
  readonly authorizationToken: string
  /** What is asked. */
  readonly requestContext: {
    /** The GraphQL document. */
    readonly queryString: string
  }
}
