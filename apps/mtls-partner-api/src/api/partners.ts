import {
  authorizationServer,
  type AuthorizationServerOptions,
  certificateBound,
  createResourceServer,
  type PinnedClient,
  type ResourceServer,
  type RevocationList,
  type TokenwardEvent,
} from '@tokenward/core'
import { cognitoUserPool, type CognitoUserPoolOptions } from '@tokenward/core/cognito'

export interface PartnersOptions {
  /** Binds tokens to the certificate they are asked for with (RFC 8705). */
  readonly authorizationServer: AuthorizationServerOptions
  /** Binds none: its clients are pinned. */
  readonly userPool: CognitoUserPoolOptions
  /** Clients of the pool, each with its certificates: two of them while it changes from one to the next. */
  readonly pinnedClients: readonly PinnedClient[]
  /** Where partners reach the API. */
  readonly publicUrl: string
  readonly revocationList: RevocationList
  readonly onEvent: (event: TokenwardEvent) => void
}

/** Decides which partner may enter, by token and certificate together. */
export function createPartnersServer(options: PartnersOptions): ResourceServer {
  const { pinnedClients, publicUrl, revocationList, onEvent } = options
  return createResourceServer({
    issuers: [authorizationServer(options.authorizationServer), cognitoUserPool(options.userPool)],
    senderConstraints: [certificateBound({ pinnedClients })],
    resource: publicUrl,
    realm: 'partners',
    revocationList,
    onEvent,
  })
}
