import type { INestApplication } from '@nestjs/common'
import { type OpenAPIObject, type SwaggerDocumentOptions, SwaggerModule } from '@nestjs/swagger'
import { type CompiledPolicy, ConfigurationError } from '@tokenward/core'
import type { RouteInventory } from '../module/route-inventory.js'
import { ROUTE_INVENTORY } from '../module/tokenward-options.js'
import { denialResponses } from './denial-responses.js'
import { MARK, withMarkedHandlers } from './marked-handlers.js'
import { declareScopes, securityOf, securitySchemesOf } from './security-requirements.js'

/** What `new DocumentBuilder()…build()` returns. */
export type DocumentConfig = Omit<OpenAPIObject, 'paths'>

/** Options of {@link createProtectedDocument}: those of `SwaggerModule.createDocument`, and ours. */
export interface ProtectedDocumentOptions extends SwaggerDocumentOptions {
  /**
   * Names of security schemes of the document of which each can bring the access token. Default: all of type `oauth2`,
   * `openIdConnect`, and `http` with the scheme `bearer`; where there is none, a scheme `bearer` is added.
   */
  readonly schemes?: readonly string[]
}

/**
 * `SwaggerModule.createDocument`, with what the decorators of Tokenward say: the scopes every operation needs, in each
 * scheme that can bring a token; the answers 401, 403 and 503; and for public operations that they need nothing. What the
 * application says itself, with `@ApiSecurity()` or `@ApiResponse()`, stays.
 *
 * @throws {@link ConfigurationError} where the application does not import `TokenwardModule`, or for an unknown scheme.
 */
export function createProtectedDocument(
  app: INestApplication,
  config: DocumentConfig,
  { schemes, ...options }: ProtectedDocumentOptions = {},
): OpenAPIObject {
  const routes = inventoryOf(app).routes()
  const handlers = routes.map(({ handler }) => handler)
  const document = withMarkedHandlers(handlers, () => SwaggerModule.createDocument(app, config, options))
  // What the application built is shared by its documents.
  document.components = structuredClone(document.components ?? {})
  const accepted = securitySchemesOf(document, schemes)
  for (const operation of operationsOf(document)) {
    const route = routes[operation[MARK] as number]
    delete operation[MARK]
    if (route === undefined) continue
    protect(operation, route.policy, accepted)
    if (route.policy !== 'public') declareScopes(document, route.policy)
  }
  return document
}

/** What is written of an operation. */
interface Operation {
  security?: readonly Readonly<Record<string, readonly string[]>>[]
  responses?: Record<string, unknown>
  [MARK]?: unknown
}

function protect(
  operation: Operation,
  policy: CompiledPolicy<unknown> | 'public',
  schemes: ReturnType<typeof securitySchemesOf>,
): void {
  operation.security ??= policy === 'public' ? [] : securityOf(policy, schemes)
  if (policy !== 'public') operation.responses = { ...denialResponses(policy), ...operation.responses }
}

function operationsOf({ paths, webhooks = {} }: OpenAPIObject & { webhooks?: OpenAPIObject['paths'] }): Operation[] {
  return [paths, webhooks]
    .flatMap((items) => Object.values(items))
    .flatMap((item) => Object.values(item))
    .filter((operation): operation is Operation => typeof operation === 'object' && operation !== null)
}

function inventoryOf(app: INestApplication): RouteInventory {
  try {
    return app.get<RouteInventory>(ROUTE_INVENTORY, { strict: false })
  } catch {
    throw new ConfigurationError('createProtectedDocument', 'needs an application that imports TokenwardModule')
  }
}
