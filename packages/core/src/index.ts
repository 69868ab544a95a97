// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { createResourceServer } from './resource-server/resource-server.js'
export type { Presented } from './resource-server/presented.js'
export type { ResourceServer } from './resource-server/resource-server.js'
export type { SignOutResult } from './resource-server/sign-out.js'
export type {
  SignOutOptions,
  SignOutWithAccessToken,
  SignOutWithFunction,
  SignOutWithRefreshToken,
} from './resource-server/sign-out-options.js'
export type { BackChannelLogoutResponse } from './resource-server/back-channel-logout.js'
export type { BackChannelLogoutRequest, ReceivedForm, WebFormRequest } from './resource-server/logout-request.js'
export type { Watch, WatchOptions } from './resource-server/watch.js'
export type { PolicyOrLiteral } from './resource-server/policy-compiler.js'
export type { PresentOptions } from './resource-server/present-options.js'
export type {
  Decision,
  DecisionRequest,
  DecisionResource,
  PermitOrDeny,
  PolicyDecisionPoint,
  Undecided,
} from './resource-server/policy-decision-point.js'
export type {
  MetadataResponse,
  ProtectedResourceMetadata,
  ProtectedResourceOptions,
} from './resource-server/protected-resource-metadata.js'
export type { ResourceServerOptions } from './resource-server/resource-server-options.js'
export type { Denied, Granted, Outcome, Passed, Prechecked, Refused, Unavailable } from './resource-server/outcome.js'

export { combinePolicies, definePolicy } from './strategy/route-policy.js'
export type { ClaimsOf, ClaimsSchema, CompiledPolicy, RoutePolicy } from './strategy/route-policy.js'
export type { DecisionDemand, PolicyQuestion } from './strategy/decision-demand.js'
export type { DecisionExplanation, IssuerExplanation, PolicyExplanation } from './strategy/policy-explanation.js'
export type { LiveEndpoint } from './tokens/live-check.js'

export { certificateBound } from './sender-constraints/certificate-bound.js'
export type { CertificateBoundOptions } from './sender-constraints/certificate-bound.js'
export { connectionCertificate } from './sender-constraints/connection-certificate.js'
export type { ConnectionCertificateOptions } from './sender-constraints/connection-certificate.js'
export { albCertificate } from './sender-constraints/alb-certificate.js'
export type {
  AlbCertificateOptions,
  AlbPassthroughOptions,
  AlbVerifyOptions,
} from './sender-constraints/alb-certificate.js'
export { envoyCertificate } from './sender-constraints/envoy-certificate.js'
export { nginxCertificate } from './sender-constraints/nginx-certificate.js'
export type { NginxCertificateOptions } from './sender-constraints/nginx-certificate.js'
export { clientCertHeader } from './sender-constraints/client-cert-header.js'
export type { ForwardedCertificateOptions } from './sender-constraints/forwarded-certificate.js'
export type { CertificateChain } from './sender-constraints/certificate-chain.js'
export type { CertificateSource } from './sender-constraints/certificate-source.js'
export type { PinnedCertificate } from './sender-constraints/pinned-certificate.js'
export type { PinnedClient } from './sender-constraints/pinned-clients.js'
export type { SecretHeader, TrustedProxy } from './sender-constraints/trusted-proxy.js'
export { dpop } from './sender-constraints/dpop.js'
export type { DpopOptions } from './sender-constraints/dpop.js'
export type { DpopNonceOptions } from './sender-constraints/dpop-nonces.js'
export { inMemoryReplayMemory } from './sender-constraints/in-memory-replay-memory.js'
export type { InMemoryReplayMemory, InMemoryReplayMemoryOptions } from './sender-constraints/in-memory-replay-memory.js'
export type { ReplayMemory, ReplayVerdict, SpentProof } from './sender-constraints/replay-memory.js'
export type { SenderConstraint, SenderDemand } from './tokens/sender-constraint.js'
export type { ConfirmationMethod } from './vocabulary/confirmation.js'

export { inMemoryRevocationList } from './revocation/in-memory-revocation-list.js'
export type { InMemoryRevocationList, InMemoryRevocationListOptions } from './revocation/in-memory-revocation-list.js'
export { revocationEntryFor } from './revocation/revocation-entry-for.js'
export type { RevocationEntryForOptions } from './revocation/revocation-entry-for.js'
export type {
  RevocationEntry,
  RevokedClient,
  RevokedIssuer,
  RevokedLogin,
  RevokedToken,
  RevokedUser,
} from './revocation/revocation-entry.js'
export type {
  RevocationFeed,
  RevocationFeedOptions,
  RevocationFeedSource,
  RevocationHeartbeat,
  RevocationMessage,
} from './revocation/revocation-feed.js'
export type {
  FeedProgress,
  RevocationKey,
  RevocationList,
  RevocationListContext,
} from './revocation/revocation-list.js'
export type { ListedEntry, RevocationIssuer } from './revocation/deny-rule.js'

export { authorizationServer } from './issuers/authorization-server.js'
export type {
  AuthorizationServerOptions,
  JwtIssuerOptions,
  OpaqueTokenIssuerOptions,
} from './issuers/authorization-server.js'
export type { BackChannelLogoutOptions } from './issuers/back-channel-logout-options.js'
export type { RevocationOptions } from './issuers/revocation-options.js'
export type { IntrospectionOptions, SignedResponsesOptions } from './issuers/introspection-options.js'
export type { CommonIssuerOptions } from './issuers/issuer-options.js'
export type { TrustedIssuer } from './issuers/trusted-issuer.js'
export type { SignatureAlgorithm } from './keys/algorithms.js'
export type { JsonWebKey, JsonWebKeySet } from './keys/json-web-key.js'
export type { KeySetSnapshot, KeySnapshot } from './keys/key-snapshot.js'

export {
  bearerToken,
  clientSecretBasic,
  clientSecretPost,
  privateKeyJwt,
  tlsClientAuth,
} from './transport/client-authentication.js'
export type { ClientAuthentication, TlsClientAuthOptions } from './transport/client-authentication.js'
export type { PrivateKeyJwtOptions } from './transport/client-assertion.js'
export type { Clock } from './transport/clock.js'
export type { Fetch, FetchInit, FetchResponse, FetchSignal } from './transport/fetch-client.js'

export type { ReadableBody } from './transport/bounded-body.js'

export type {
  BackChannelLogoutRefused,
  ClientCertificateExpiring,
  ClientCredentialsRejected,
  CloudTrailEventNotApplied,
  CloudTrailReason,
  EvidenceUnobtainable,
  IntrospectionContradiction,
  JwkIgnored,
  JwksRefreshed,
  JwksRefreshFailed,
  LiveCheckFailed,
  PolicyDecided,
  PolicyDecisionFailed,
  ReplayMemoryFailed,
  RequestGranted,
  RequestRefused,
  RequestUnavailable,
  RevocationFeedInterrupted,
  RevocationListed,
  SignOutConfirmed,
  SignOutUnconfirmed,
  TokenRevocationOff,
  TokenwardEvent,
} from './outcomes/events.js'
export {
  ConfigurationError,
  RevocationError,
  TokenRefusedError,
  TokenUncheckedError,
  TokenwardError,
  UpstreamError,
} from './outcomes/errors.js'
export type { RevocationErrorCode } from './outcomes/errors.js'
export type { OperatorCode, RefusalCode, UnavailableCode } from './outcomes/operator-codes.js'
export type { BackChannelLogoutRefusalCode, SignOutFailureCode } from './outcomes/sign-out-codes.js'
export type { UpstreamCode } from './outcomes/upstream-codes.js'
export type { WireCode } from './outcomes/wire-codes.js'

export { parseDuration } from './vocabulary/duration.js'
export type { Duration } from './vocabulary/duration.js'
export type { AccessTokenClaims } from './vocabulary/access-token-claims.js'
export type { Evidence, EvidenceSource } from './vocabulary/evidence.js'
export type {
  EntityReference,
  PolicyFunction,
  PolicyInput,
  PolicyResource,
  ResourceAttributes,
} from './vocabulary/policy-input.js'
export type { Principal } from './vocabulary/principal.js'
export type { ClientCertificate, RequestConnection } from './vocabulary/protected-request.js'
export type { AnyRequest, PathParameters, ProtectedRequest, WebRequest } from './vocabulary/protected-request.js'
export type { StandardSchema } from './vocabulary/standard-schema.js'
