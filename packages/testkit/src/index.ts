// Every name here is public API and listed by hand; a test compares the list with its snapshot.
export { fakeCognito } from './cognito/fake-cognito.js'
export type { FakeCognito } from './cognito/fake-cognito.js'
export type { FakeCognitoOptions, ResourceServers, ScopeOf, StandardScope } from './cognito/pool-settings.js'
export type { AccessTokenRequest, IdTokenRequest, M2mTokenRequest } from './cognito/token-claims.js'
export type { PoolTokens, SignedIn } from './cognito/pool-tokens.js'
export type { SignOuts } from './cognito/sign-outs.js'
export type { ForgedTokens } from './cognito/forged-tokens.js'
export { fakeAuthorizationServer } from './authorization-server/fake-authorization-server.js'
export type { FakeAuthorizationServer } from './authorization-server/fake-authorization-server.js'
export type { FakeAuthorizationServerOptions, IntrospectingClient } from './authorization-server/server-settings.js'
export type { JwtAccessTokenRequest, OpaqueTokenRequest } from './authorization-server/token-requests.js'
export type { ServerTokens } from './authorization-server/issued-tokens.js'
export type { IntrospectionControl } from './authorization-server/introspection-endpoint.js'
export { certificateAuthority } from './certificates/certificate-authority.js'
export type {
  CertificateAuthority,
  CertificateRequest,
  IssuedCertificate,
} from './certificates/certificate-authority.js'
export { dpopKey } from './sender-constraints/dpop-key.js'
export type { DpopKey, DpopKeyOptions, DpopProofRequest } from './sender-constraints/dpop-key.js'
export type { EndpointControl, FaultOptions, RecordedRequest } from './endpoints/endpoint-control.js'
export type { ListeningFake } from './delivery/listen.js'
export type { ServedFake, ServeOptions } from './delivery/serve.js'
export type { FakeClock } from './fake-clock.js'
export type { Duration } from './duration.js'
export type { PublishedEcKey, PublishedKey, SigningAlgorithm } from './jws/signing-key.js'
export type { JsonRecord } from './jws/compact-jws.js'
