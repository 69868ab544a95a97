import type { Type } from '@nestjs/common'
import { type Handler, methodsOf } from './class-chain.js'

/** What calls a handler. An `opening` is a connection to a gateway; a `field` is resolved within a GraphQL operation. */
type HandlerKind = 'route' | 'event-stream' | 'operation' | 'subscription' | 'field' | 'rpc' | 'message' | 'opening'

/** A handler that was found in a controller, a resolver or a gateway. */
export interface FoundHandler extends Handler {
  readonly kind: HandlerKind
  readonly name: string | symbol
}

/** Where NestJS and its packages keep what their decorators say: on the function or the class, since their first versions. */
const METADATA = {
  guards: '__guards__',
  path: 'path',
  sse: '__sse__',
  pattern: 'microservices:pattern',
  gateway: 'websockets:is_gateway',
  message: 'websockets:message_mapping',
  port: 'websockets:port',
  gatewayOptions: 'websockets:gateway_options',
  resolver: 'graphql:resolver_type',
  resolvedProperty: 'graphql:resolve_property',
  resolvedReference: 'graphql:resolve_reference',
}

/** Every handler of a class that NestJS would call; other methods are none. */
export function handlersOf(type: Type): readonly FoundHandler[] {
  const methods = methodsOf(type).flatMap(({ name, method }) =>
    kindsOf(method).map((kind) => ({ kind, name, controller: type, method })),
  )
  return isGateway(type) ? [openingOf(type), ...methods] : methods
}

export function isGateway(type: Type): boolean {
  return Reflect.getMetadata(METADATA.gateway, type) === true
}

/** Opening a connection, which is a handler like others where the gateway has `handleConnection`. */
export function openingOf(gateway: Type): FoundHandler {
  const name = 'handleConnection'
  const method = methodsOf(gateway).find((one) => one.name === name)?.method ?? gateway
  return { kind: 'opening', name, controller: gateway, method }
}

/** Where a gateway listens. Those that agree in all of it share their connections. */
export function placeOfGateway(gateway: Type): {
  readonly port: number
  readonly path: unknown
  readonly namespace: unknown
} {
  const { path, namespace } = Reflect.getMetadata(METADATA.gatewayOptions, gateway) ?? {}
  return { port: Reflect.getMetadata(METADATA.port, gateway) ?? 0, path, namespace }
}

/** Guards that `@UseGuards` puts before a handler, on its class or on itself. */
export function guardsOf({ controller, method }: Handler): readonly unknown[] {
  return [...new Set([controller, method])].flatMap((target) => Reflect.getMetadata(METADATA.guards, target) ?? [])
}

export function isEventStream(method: Function): boolean {
  return Reflect.hasMetadata(METADATA.sse, method)
}

export function isClass(metatype: unknown): metatype is Type {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object' && metatype.prototype !== null
}

function kindsOf(method: Function): readonly HandlerKind[] {
  const has = (key: string) => Reflect.hasMetadata(key, method)
  const resolves: unknown = Reflect.getMetadata(METADATA.resolver, method)
  const kinds: readonly [boolean, HandlerKind][] = [
    [has(METADATA.path), isEventStream(method) ? 'event-stream' : 'route'],
    [has(METADATA.pattern), 'rpc'],
    [has(METADATA.message), 'message'],
    [has(METADATA.resolvedProperty) || has(METADATA.resolvedReference), 'field'],
    [resolves === 'Query' || resolves === 'Mutation', 'operation'],
    [resolves === 'Subscription', 'subscription'],
  ]
  return kinds.flatMap(([is, kind]) => (is ? kind : []))
}
