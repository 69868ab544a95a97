import { fakeAuthorizationServer, type FakeAuthorizationServer } from '@tokenward/testkit'
import { onTestFinished } from 'vitest'
import {
  type AccessTokenClaims,
  authorizationServer,
  type AuthorizationServerOptions,
  clientSecretBasic,
  createResourceServer,
  type Granted,
  type IntrospectionOptions,
  type Outcome,
  type ResourceServer,
  type ResourceServerOptions,
  type StandardSchema,
  type TokenwardEvent,
  type TrustedIssuer,
} from '../../src/index.js'

/** Where tests of this kind say what their issuer is like. */
export type IssuerChanges = Partial<Omit<AuthorizationServerOptions, 'introspection'>> & {
  readonly introspection?: Partial<IntrospectionOptions> | undefined
}

/** An authorization server on a loopback port that is asked about JWTs and opaque tokens alike. */
export async function introspectingIssuer(
  changed: IssuerChanges = {},
): Promise<{ readonly server: FakeAuthorizationServer; readonly issuer: TrustedIssuer }> {
  const server = await fakeAuthorizationServer({ served: true })
  onTestFinished(() => server.close())
  const { clientId, clientSecret } = server.client
  const issuer = authorizationServer({
    issuer: server.issuer,
    audience: 'https://api.example',
    opaqueTokens: true,
    allowInsecureLoopback: true,
    ...changed,
    introspection:
      Object.hasOwn(changed, 'introspection') && changed.introspection === undefined
        ? undefined
        : { clientAuthentication: clientSecretBasic(clientId, clientSecret), ...changed.introspection },
  } as AuthorizationServerOptions)
  return { server, issuer }
}

/** A resource server for one such issuer, with what it reported. Its clock is the issuer's, unless told otherwise. */
export async function introspectedApi(
  changed: IssuerChanges = {},
  options: Partial<ResourceServerOptions> = {},
): Promise<{
  readonly server: FakeAuthorizationServer
  readonly api: ResourceServer
  readonly events: TokenwardEvent[]
}> {
  const { server, issuer } = await introspectingIssuer(changed)
  const events: TokenwardEvent[] = []
  const api = createResourceServer({
    issuers: [issuer],
    clock: server.clock,
    onEvent: (event) => events.push(event),
    ...options,
  })
  onTestFinished(() => api.close())
  return { server, api, events }
}

/** What a test is about comes after a grant. */
export function mustBeGranted<Claims>(outcome: Outcome<Claims>): Granted<Claims> {
  if (outcome.outcome !== 'granted') throw new Error(outcome.reason)
  return outcome
}

/** A schema that accepts all claims, and during which something happens. It runs once for each check. */
export function schemaThat(happens: () => unknown): StandardSchema<unknown, AccessTokenClaims> {
  const validate = async (value: unknown) => {
    await happens()
    return { value: value as AccessTokenClaims }
  }
  return { '~standard': { version: 1, vendor: 'test', validate } }
}
