// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { CurrentPrincipal, Public, RequireGroups, RequireScopes } from './decorators.js'
export { TokenwardGuard } from './tokenward.guard.js'
export { TokenwardModule } from './tokenward.module.js'
export type { TokenwardModuleAsyncOptions } from './tokenward.module.js'
export { RESOURCE_SERVER } from './tokenward-options.js'
export type { TokenwardModuleExtras, TokenwardModuleOptions } from './tokenward-options.js'

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
  parseDuration,
  privateKeyJwt,
  tlsClientAuth,
  TokenRefusedError,
  TokenUncheckedError,
  TokenwardError,
  UpstreamError,
} from '@tokenward/core'
export { cognitoUserPool } from '@tokenward/core/cognito'
export { fromNodeRequest } from '@tokenward/core/node'
export type {
  AccessTokenClaims,
  AnyRequest,
  AuthorizationServerOptions,
  ClaimsOf,
  ClaimsSchema,
  ClientAuthentication,
  ClientCredentialsRejected,
  Clock,
  CommonIssuerOptions,
  CompiledPolicy,
  Denied,
  Duration,
  Evidence,
  Fetch,
  FetchInit,
  FetchResponse,
  FetchSignal,
  Granted,
  IntrospectionOptions,
  IssuerExplanation,
  JsonWebKey,
  JsonWebKeySet,
  JwkIgnored,
  JwksRefreshed,
  JwksRefreshFailed,
  JwtIssuerOptions,
  OpaqueTokenIssuerOptions,
  OperatorCode,
  Outcome,
  PolicyExplanation,
  PolicyOrLiteral,
  Presented,
  Principal,
  PrivateKeyJwtOptions,
  ProtectedRequest,
  RefusalCode,
  Refused,
  RequestGranted,
  RequestRefused,
  RequestUnavailable,
  ResourceServer,
  ResourceServerOptions,
  RoutePolicy,
  SignatureAlgorithm,
  SignedResponsesOptions,
  StandardSchema,
  TokenRevocationOff,
  TlsClientAuthOptions,
  TokenwardEvent,
  TrustedIssuer,
  Unavailable,
  UnavailableCode,
  UpstreamCode,
  WebRequest,
  WireCode,
} from '@tokenward/core'
export type { CognitoLivenessOptions, CognitoUserPoolOptions } from '@tokenward/core/cognito'
export type { NodeRequest } from '@tokenward/core/node'
