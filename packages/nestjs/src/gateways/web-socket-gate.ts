import { Inject, Injectable, Logger, type Type, type WebSocketAdapter } from '@nestjs/common'
import { ApplicationConfig, DiscoveryService } from '@nestjs/core'
import type { Granted, Outcome, ProtectedRequest, ResourceServer } from '@tokenward/core'
import { fromNodeRequest } from '@tokenward/core/node'
import { EMPTY, isObservable } from 'rxjs'
import { catchError } from 'rxjs/operators'
import { grantOf, handOverCaller, runningMessage } from '../guard/callers.js'
import { TokenwardGuard } from '../guard/tokenward.guard.js'
import { Enforcement } from '../module/enforcement.js'
import { RESOURCE_SERVER } from '../module/tokenward-options.js'
import { isClass, isGateway, openingOf, placeOfGateway } from '../policies/handlers.js'
import { holdFollowing } from '../streams/held-stream.js'
import { type DenialEvent, eventOf, type WireError } from '../transports/wire-error.js'
import { type Client, closeClient, connectionOf, keepConnection, sendEvent } from './gateway-connections.js'
import { openingContext } from './opening-context.js'
import {
  httpAnswer,
  requestOfSocketIo,
  type ServerOptions,
  type SocketServer,
  type Verified,
  type VerifyClient,
} from './socket-libraries.js'

interface MessageHandler {
  readonly callback: (...args: unknown[]) => unknown
}

/**
 * Decides whether a connection to a gateway may be opened, where it is opened: guards of NestJS come with the first
 * message, and a gateway that only sends has none. Then it keeps the connection honest.
 */
@Injectable()
export class WebSocketGate {
  readonly #server: ResourceServer
  readonly #guard: TokenwardGuard
  readonly #discovery: DiscoveryService
  readonly #enforcement: Enforcement
  readonly #log = new Logger('Tokenward')
  /** What was granted to those that may connect: to a socket of socket.io, or to the request that becomes one of `ws`. */
  readonly #admitted = new WeakMap<object, readonly Granted<unknown>[]>()
  readonly #gated = new Set<Type>()
  readonly #gatedServers = new WeakSet<object>()

  constructor(
    @Inject(RESOURCE_SERVER) server: ResourceServer,
    @Inject(TokenwardGuard) guard: TokenwardGuard,
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(Enforcement) enforcement: Enforcement,
    @Inject(ApplicationConfig) application: ApplicationConfig,
  ) {
    this.#server = server
    this.#guard = guard
    this.#discovery = discovery
    this.#enforcement = enforcement
    // The application sets its adapter later than this, and where it sets none NestJS does.
    const setIoAdapter = application.setIoAdapter.bind(application)
    application.setIoAdapter = (adapter) => setIoAdapter(this.#gate(adapter))
  }

  /** Whether connections to a gateway are decided here. */
  isGated(gateway: Type): boolean {
    return this.#gated.has(gateway)
  }

  #gate(adapter: WebSocketAdapter): WebSocketAdapter {
    const { create, bindClientConnect, bindMessageHandlers } = adapter
    return Object.assign(adapter, {
      create: (port: number, options: ServerOptions = {}) => this.#create(create.bind(adapter), port, options),
      bindClientConnect: (server: SocketServer, connect: (client: Client, ...args: unknown[]) => unknown) =>
        bindClientConnect.call(adapter, server, (client: Client, ...args: unknown[]) =>
          this.#connected(client, args) ? connect(client, ...args) : closeClient(client, undefined),
        ),
      bindMessageHandlers: (client: Client, handlers: readonly MessageHandler[], transform: never) => {
        const held = handlers.map((handler) => ({ ...handler, callback: this.#held(client, handler.callback) }))
        return bindMessageHandlers.call(adapter, client, held as never, transform)
      },
    })
  }

  #create(create: (port: number, options: ServerOptions) => SocketServer, port: number, options: ServerOptions) {
    const gateways = this.#gatewaysAt(port, options)
    const verifyClient = this.#verifierFor(gateways, options.verifyClient)
    const server = create(port, { ...options, verifyClient })
    // NestJS asks for a namespace once for each gateway that shares it.
    if (this.#gatedServers.has(server)) return server
    if (typeof server.use === 'function') {
      // A connection that socket.io restores would pass without being asked for its token.
      const recovery = (server.server ?? server).opts?.connectionStateRecovery
      if (recovery !== undefined) recovery.skipMiddlewares = false
      server.use(async (socket, next) => {
        const refusal = await this.#refusalOf(gateways, socket, requestOfSocketIo(socket))
        next(refusal && Object.assign(new Error(refusal.error_description), { data: refusal }))
      })
    } else if (server.options?.verifyClient !== verifyClient) return server
    this.#gatedServers.add(server)
    for (const gateway of gateways) this.#gated.add(gateway)
    return server
  }

  #gatewaysAt(port: number, { path, namespace }: ServerOptions): readonly Type[] {
    return this.#discovery
      .getProviders()
      .map(({ metatype }) => metatype)
      .filter((metatype): metatype is Type => isClass(metatype) && isGateway(metatype))
      .filter((gateway) => {
        const place = placeOfGateway(gateway)
        return place.port === port && place.path === path && isSameNamespace(place.namespace, namespace)
      })
  }

  /** `ws` asks this before it accepts; the application's own verifier is asked first. */
  #verifierFor(gateways: readonly Type[], own: ServerOptions['verifyClient']): VerifyClient {
    return (info, done) => {
      const decide: Verified = async (isVerified, ...answer) => {
        if (!isVerified) return done(false, ...answer)
        const refusal = await this.#refusalOf(gateways, info.req, fromNodeRequest(info.req))
        return refusal === undefined ? done(true) : done(false, ...httpAnswer(refusal))
      }
      if (own === undefined) decide(true)
      else if (own.length < 2) decide((own as (info: object) => unknown)(info) === true, 401)
      else own(info, decide)
    }
  }

  /** Every gateway that listens there has to let the connection in. */
  async #refusalOf(
    gateways: readonly Type[],
    connection: object,
    opening: ProtectedRequest,
  ): Promise<WireError | undefined> {
    const grants: Granted<unknown>[] = []
    try {
      for (const gateway of gateways) {
        const handler = openingOf(gateway)
        const context = openingContext(handler, connection, opening, this.#enforcement.isGuarded(handler))
        if (!(await this.#guard.canActivate(context))) throw new Error(`${gateway.name} let nobody in`)
        const granted = grantOf(context)
        if (granted !== undefined) grants.push(granted)
      }
    } catch (error) {
      return this.#toldOf(error)
    }
    this.#admitted.set(connection, grants)
    return undefined
  }

  /** Called once for each gateway that listens there. */
  #connected(client: Client, [request]: readonly unknown[]): boolean {
    const opening = [client, request].find((one) => this.#admitted.has(one as object)) as object | undefined
    if (opening === undefined) return false
    handOverCaller(opening, client)
    keepConnection(this.#server, client, this.#admitted.get(opening) ?? [])
    return true
  }

  /** What a handler streams ends with an event, as its other errors do: an error would end all its streams. */
  #held(client: Client, callback: MessageHandler['callback']): MessageHandler['callback'] {
    return async (...args) => {
      const message: { outcome?: Outcome<unknown> } = {}
      const result = await runningMessage.run(message, () => callback(...args))
      const { outcome } = message
      if (outcome !== undefined && outcome.outcome !== 'granted') lookAgain(client)
      if (outcome?.outcome !== 'granted' || !isObservable(result)) return result
      let ended: unknown
      const held = holdFollowing(result, {
        server: this.#server,
        granted: outcome,
        errorFor: (denied) => (ended = denied),
      })
      return held.pipe(
        catchError((error) => {
          if (error !== ended) throw error
          sendEvent(client, eventOf(error))
          lookAgain(client)
          return EMPTY
        }),
      )
    }
  }

  /** A guard throws the exception of its transport; anything else is none of the client's business. */
  #toldOf(error: unknown): WireError {
    const told: unknown = (error as { getError?: () => unknown } | undefined)?.getError?.()
    if (typeof told === 'object' && told !== null && 'statusCode' in told) {
      const { status: _, message: __, ...wire } = told as DenialEvent
      return wire
    }
    this.#log.error(error)
    return { statusCode: 500, error_description: 'The connection cannot be opened' }
  }
}

/** What ended the token for a message may have ended it for the connection. */
function lookAgain(client: Client): void {
  void connectionOf(client)?.beforeMessage()
}

function isSameNamespace(declared: unknown, created: unknown): boolean {
  return normalNamespace(declared) === normalNamespace(created)
}

/** As NestJS writes it; a pattern stays what it is. */
function normalNamespace(namespace: unknown): unknown {
  if (typeof namespace !== 'string' || namespace === '') return namespace ?? ''
  return `/${namespace.replace(/^\//, '')}`
}
