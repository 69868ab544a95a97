// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { appSyncAuthorizer } from './authorizers/app-sync-authorizer.js'
export type { AppSyncAuthorizerOptions, AppSyncAuthorizerResult } from './authorizers/app-sync-authorizer.js'
export type { AuthorizerContext } from './authorizers/authorizer-context.js'
export type {
  AppSyncAuthorizerEvent,
  ConnectAuthorizerEvent,
  HttpApiAuthorizerEventV2,
  RequestAuthorizerEvent,
  TokenAuthorizerEvent,
} from './authorizers/authorizer-events.js'
export type { AnyPolicy, AuthorizerPolicies } from './authorizers/authorizer-plan.js'
export { httpApiAuthorizer } from './authorizers/http-api-authorizer.js'
export type {
  HttpApiAuthorizerEvent,
  HttpApiAuthorizerOptions,
  SimpleAuthorizerResult,
} from './authorizers/http-api-authorizer.js'
export type { PolicyDocument, PolicyResult, PolicyStatement } from './authorizers/policy-document.js'
export { restRequestAuthorizer } from './authorizers/rest-request-authorizer.js'
export type { RestRequestAuthorizerOptions } from './authorizers/rest-request-authorizer.js'
export { restTokenAuthorizer } from './authorizers/rest-token-authorizer.js'
export type { RestTokenAuthorizerOptions } from './authorizers/rest-token-authorizer.js'
export type { ResultCache, ResultCacheOptions } from './authorizers/result-cache.js'
export { webSocketAuthorizer } from './authorizers/web-socket-authorizer.js'
export type { WebSocketAuthorizerOptions } from './authorizers/web-socket-authorizer.js'
export { writeJwksSnapshot } from './cold-start/write-jwks-snapshot.js'
export { gatewayPrincipal } from './gateway/gateway-principal.js'
export type { GatewayPrincipalOptions, JwtAuthorizedEvent } from './gateway/gateway-principal.js'
export { authMiddleware } from './handlers/auth-middleware.js'
export type { AuthMiddleware } from './handlers/auth-middleware.js'
export { currentPrincipal } from './handlers/current-principal.js'
export { denialResponse } from './handlers/denial-response.js'
export type { DenialResponse } from './handlers/denial-response.js'
export { metadataHandler } from './handlers/metadata-handler.js'
export type { MetadataAnswer } from './handlers/metadata-handler.js'
export type { HandlerOptions } from './handlers/protect.js'
export { withAuth } from './handlers/with-auth.js'
export type { Authorized } from './handlers/with-auth.js'

// All of core that an application meets through this package, so that it installs and imports one package only. A
// test compares the list with core's own.
export {
  authorizationServer,
  bearerToken,
  clientSecretBasic,
  clientSecretPost,
  combinePolicies,
  ConfigurationError,
  createResourceServer,
  definePolicy,
  inMemoryRevocationList,
  parseDuration,
  privateKeyJwt,
  revocationEntryFor,
  RevocationError,
  tlsClientAuth,
  TokenRefusedError,
  TokenUncheckedError,
  TokenwardError,
  UpstreamError,
} from '@tokenward/core'
export { cloudTrailRevocations, cognitoUserPool } from '@tokenward/core/cognito'
export { fromAwsEvent } from '@tokenward/core/aws'
export type {
  AccessTokenClaims,
  AnyRequest,
  AuthorizationServerOptions,
  BackChannelLogoutOptions,
  BackChannelLogoutRefusalCode,
  BackChannelLogoutRefused,
  BackChannelLogoutRequest,
  BackChannelLogoutResponse,
  ClaimsOf,
  ClaimsSchema,
  ClientAuthentication,
  ClientCredentialsRejected,
  Clock,
  CloudTrailEventNotApplied,
  CloudTrailReason,
  CommonIssuerOptions,
  CompiledPolicy,
  Decision,
  DecisionDemand,
  DecisionExplanation,
  DecisionRequest,
  DecisionResource,
  Denied,
  Duration,
  EntityReference,
  Evidence,
  EvidenceSource,
  EvidenceUnobtainable,
  FeedProgress,
  Fetch,
  FetchInit,
  FetchResponse,
  FetchSignal,
  Granted,
  InMemoryRevocationList,
  InMemoryRevocationListOptions,
  IntrospectionContradiction,
  IntrospectionOptions,
  IssuerExplanation,
  JsonWebKey,
  JsonWebKeySet,
  JwkIgnored,
  JwksRefreshed,
  JwksRefreshFailed,
  JwtIssuerOptions,
  KeySetSnapshot,
  KeySnapshot,
  ListedEntry,
  LiveCheckFailed,
  LiveEndpoint,
  MetadataResponse,
  OpaqueTokenIssuerOptions,
  OperatorCode,
  Outcome,
  Passed,
  PathParameters,
  PermitOrDeny,
  PolicyDecided,
  PolicyDecisionFailed,
  PolicyDecisionPoint,
  PolicyExplanation,
  PolicyFunction,
  PolicyInput,
  PolicyOrLiteral,
  PolicyQuestion,
  PolicyResource,
  Prechecked,
  Presented,
  PresentOptions,
  Principal,
  PrivateKeyJwtOptions,
  ProtectedRequest,
  ProtectedResourceMetadata,
  ProtectedResourceOptions,
  ReadableBody,
  ReceivedForm,
  RefusalCode,
  Refused,
  RequestGranted,
  RequestRefused,
  RequestUnavailable,
  ResourceAttributes,
  ResourceServer,
  ResourceServerOptions,
  RevocationEntry,
  RevocationEntryForOptions,
  RevocationErrorCode,
  RevocationFeed,
  RevocationFeedInterrupted,
  RevocationFeedOptions,
  RevocationFeedSource,
  RevocationHeartbeat,
  RevocationIssuer,
  RevocationKey,
  RevocationList,
  RevocationListContext,
  RevocationListed,
  RevocationMessage,
  RevocationOptions,
  RevokedClient,
  RevokedIssuer,
  RevokedLogin,
  RevokedToken,
  RevokedUser,
  RoutePolicy,
  SignatureAlgorithm,
  SignedResponsesOptions,
  SignOutConfirmed,
  SignOutFailureCode,
  SignOutOptions,
  SignOutResult,
  SignOutUnconfirmed,
  SignOutWithAccessToken,
  SignOutWithFunction,
  SignOutWithRefreshToken,
  StandardSchema,
  TlsClientAuthOptions,
  TokenRevocationOff,
  TokenwardEvent,
  TrustedIssuer,
  Unavailable,
  UnavailableCode,
  Undecided,
  UpstreamCode,
  Watch,
  WatchOptions,
  WebFormRequest,
  WebRequest,
  WireCode,
} from '@tokenward/core'
export type {
  CloudTrailIgnored,
  CloudTrailReading,
  CloudTrailRefused,
  CloudTrailRevocationsOptions,
  CognitoLivenessOptions,
  CognitoUserPoolOptions,
} from '@tokenward/core/cognito'
export type { AwsClientCertificate, AwsEventV1, AwsEventV2, AwsHttpEvent } from '@tokenward/core/aws'
