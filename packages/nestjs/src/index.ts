// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { CurrentPrincipal, Public, RequireGroups, RequireScopes } from './decorators.js'
export { TokenwardGuard } from './tokenward.guard.js'
export { TokenwardModule } from './tokenward.module.js'
export type { TokenwardModuleAsyncOptions } from './tokenward.module.js'
export { RESOURCE_SERVER } from './tokenward-options.js'
export type { TokenwardModuleExtras, TokenwardModuleOptions } from './tokenward-options.js'

// What an application needs of core, so that it installs one package only.
export {
  authorizationServer,
  combinePolicies,
  ConfigurationError,
  createResourceServer,
  definePolicy,
  TokenRefusedError,
  TokenUncheckedError,
  TokenwardError,
  UpstreamError,
} from '@tokenward/core'
export { cognitoUserPool } from '@tokenward/core/cognito'
export type {
  AccessTokenClaims,
  AuthorizationServerOptions,
  ClaimsOf,
  ClaimsSchema,
  CompiledPolicy,
  Denied,
  Evidence,
  Granted,
  OperatorCode,
  Outcome,
  PolicyOrLiteral,
  Presented,
  Principal,
  RefusalCode,
  Refused,
  ResourceServer,
  ResourceServerOptions,
  RoutePolicy,
  TokenwardEvent,
  TrustedIssuer,
  Unavailable,
  UnavailableCode,
} from '@tokenward/core'
export type { CognitoUserPoolOptions } from '@tokenward/core/cognito'
