import type { EndpointControl } from '../endpoints/endpoint-control.js'
import type { EndpointMaker } from '../endpoints/endpoint.js'
import { type FakeRequest, type FakeResponse, json, type PublicServer } from '../endpoints/fake-server.js'
import { documentDialect, oauthDialect } from '../endpoints/oauth-answers.js'
import { createIntrospection, type IntrospectionContext, type IntrospectionControl } from './introspection-endpoint.js'
import { addressesOf, metadataDocument } from './metadata-document.js'
import { answerRevocation } from './revocation-endpoint.js'
import { AUTHORIZATION_SERVER } from './server-settings.js'

/** An authorization server behind its addresses. */
export interface AuthorizationEndpoints extends PublicServer {
  readonly jwks: EndpointControl
  readonly metadata: EndpointControl
  readonly introspection: IntrospectionControl
  readonly revocation: EndpointControl
}

export function createAuthorizationEndpoints(
  context: IntrospectionContext,
  endpointAt: EndpointMaker,
): AuthorizationEndpoints {
  const { settings, keys, issued } = context
  const { origin } = new URL(settings.issuer)
  const at = addressesOf(settings.issuer)
  const jwks = endpointAt(at.jwks, documentDialect)
  const metadata = endpointAt(at.metadata, documentDialect)
  const introspection = createIntrospection(endpointAt(at.introspection, oauthDialect), context)
  const revocation = endpointAt(at.revocation, oauthDialect)

  type Answer = (request: FakeRequest) => Promise<FakeResponse>
  const answerMetadata: Answer = (request) => metadata.answer(request, () => json(200, metadataDocument(settings)))
  const answers: Readonly<Record<string, Answer>> = {
    [`GET ${pathOf(at.jwks)}`]: (request) => jwks.answer(request, () => json(200, { keys: keys.published() })),
    [`GET ${pathOf(at.metadata)}`]: answerMetadata,
    [`GET ${pathOf(at.openidConfiguration)}`]: answerMetadata,
    [`POST ${pathOf(at.introspection)}`]: introspection.answer,
    [`POST ${pathOf(at.revocation)}`]: (request) =>
      revocation.answer(request, () => answerRevocation(request, issued, settings.client)),
  }
  const answerTo = ({ method, url }: FakeRequest) => answers[`${method} ${url.pathname}`]

  return {
    kind: AUTHORIZATION_SERVER,
    issuer: settings.issuer,
    identity: settings.issuer,
    jwks: jwks.control,
    metadata: metadata.control,
    introspection: introspection.control,
    revocation: revocation.control,
    reaches: (url) => url.origin === origin,
    owns: (request) => answerTo(request) !== undefined,
    stray: () => undefined,
    async answer(request) {
      const isHere = request.url.origin === origin || request.url.hostname === '127.0.0.1'
      return isHere ? answerTo(request)?.(request) : undefined
    },
  }
}

function pathOf(address: string): string {
  return new URL(address).pathname
}
