import { Inject, Injectable, Logger, type Type, type WebSocketAdapter } from '@nestjs/common'
import { ApplicationConfig, DiscoveryService } from '@nestjs/core'
import type { Granted, Outcome, ProtectedRequest, ResourceServer } from '@tokenward/core'
import { fromNodeRequest, type NodeRequest } from '@tokenward/core/node'
import { catchError, EMPTY, isObservable } from 'rxjs'
import { grantOf, handOverCaller, runningMessage } from './callers.js'
import { Enforcement } from './enforcement.js'
import { type Client, closeClient, connectionOf, keepConnection, sendEvent } from './gateway-connections.js'
import { type FoundHandler, isClass, isGateway, openingOf, placeOfGateway } from './handlers.js'
import { holdFollowing } from './open-streams.js'
import { RESOURCE_SERVER } from './tokenward-options.js'
import { TokenwardGuard } from './tokenward.guard.js'
import { eventOf, type OpeningContext, type WireError, withAuthorization } from './transports.js'

type Verified = (isVerified: boolean, status?: number, body?: string, headers?: Record<string, string>) => void
type VerifyClient = (info: { readonly req: NodeRequest }, done: Verified) => unknown

/** What is used of a server of `ws` and of socket.io, and of a namespace of the latter. */
interface SocketServer {
  /** Of socket.io: what every connection has to pass. */
  use?(middleware: (socket: SocketIoClient, next: (error?: Error) => void) => void): unknown
  readonly server?: SocketServer
  readonly opts?: { readonly connectionStateRecovery?: { skipMiddlewares?: boolean } }
  /** Of `ws`. */
  readonly options?: { readonly verifyClient?: unknown }
}

interface SocketIoClient extends Client {
  readonly request: NodeRequest
  readonly handshake: {
    readonly url: string
    readonly headers: NodeRequest['headers']
    readonly auth?: { readonly token?: unknown }
  }
}

interface ServerOptions {
  readonly path?: unknown
  readonly namespace?: unknown
  readonly verifyClient?: VerifyClient
}

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
    if (typeof server.use === 'function') {
      // A connection that socket.io restores would pass without being asked for its token.
      const recovery = (server.server ?? server).opts?.connectionStateRecovery
      if (recovery !== undefined) recovery.skipMiddlewares = false
      server.use((socket, next) => {
        this.#admit(gateways, socket, requestOfSocketIo(socket)).then(
          () => next(),
          (error: unknown) => next(this.#connectError(error)),
        )
      })
    } else if (server.options?.verifyClient !== verifyClient) return server
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
      const decide: Verified = (isVerified, ...answer) => {
        if (!isVerified) return done(false, ...answer)
        this.#admit(gateways, info.req, fromNodeRequest(info.req)).then(
          () => done(true),
          (error: unknown) => done(false, ...this.#httpAnswer(error)),
        )
      }
      if (own === undefined) decide(true)
      else if (own.length < 2) decide((own as (info: object) => unknown)(info) === true, 401)
      else own(info, decide)
    }
  }

  /** Every gateway that listens there has to let the connection in. */
  async #admit(gateways: readonly Type[], connection: object, opening: ProtectedRequest): Promise<void> {
    const grants: Granted<unknown>[] = []
    for (const gateway of gateways) {
      const handler = openingOf(gateway)
      const context = openingContext(handler, connection, opening, this.#enforcement.isGuarded(handler))
      if (!(await this.#guard.canActivate(context))) throw new Error(`${gateway.name} was not let in`)
      const granted = grantOf(context)
      if (granted !== undefined) grants.push(granted)
    }
    this.#admitted.set(connection, grants)
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
      // What ended the token for this message may have ended it for the connection.
      if (outcome !== undefined && outcome.outcome !== 'granted') void connectionOf(client)?.beforeMessage()
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
          return EMPTY
        }),
      )
    }
  }

  #connectError(error: unknown): Error {
    const told = this.#toldOf(error)
    return Object.assign(new Error(told.error_description), { data: told })
  }

  #httpAnswer(error: unknown): [status: number, body: string, headers: Record<string, string>] {
    const { statusCode, challenge, retryAfter, ...body } = this.#toldOf(error)
    return [
      statusCode,
      JSON.stringify(body),
      {
        'Content-Type': 'application/json; charset=utf-8',
        'Cache-Control': 'no-store',
        ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
        ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
      },
    ]
  }

  /** A guard throws the exception of its transport; anything else is none of the client's business. */
  #toldOf(error: unknown): WireError {
    const told: unknown = (error as { getError?: () => unknown } | undefined)?.getError?.()
    if (typeof told === 'object' && told !== null && 'statusCode' in told) {
      const { status: _, message: __, ...wire } = told as ReturnType<typeof eventOf>
      return wire
    }
    this.#log.error(error)
    return { statusCode: 500, error_description: 'The connection cannot be opened' }
  }
}

function requestOfSocketIo({ handshake, request }: SocketIoClient): ProtectedRequest {
  const { auth, url, headers } = handshake
  const token = typeof auth?.token === 'string' ? [`Bearer ${auth.token}`] : []
  return withAuthorization({ method: 'GET', url, headers, rawHeaders: request.rawHeaders }, token)
}

function openingContext(
  { controller, method }: FoundHandler,
  connection: object,
  opening: ProtectedRequest,
  isGuarded: boolean,
): OpeningContext {
  const args = [connection, undefined, 'connection']
  return {
    opening,
    isGuarded,
    getClass: <Class>() => controller as Type<Class>,
    getHandler: () => method,
    getArgs: <Args extends unknown[]>() => args as Args,
    getArgByIndex: <Arg>(index: number) => args[index] as Arg,
    getType: <Kind extends string>() => 'ws' as Kind,
    switchToRpc: () => ({ getData: <Data>() => undefined as Data, getContext: <Context>() => connection as Context }),
    switchToHttp: () => ({
      getRequest: <Request>() => connection as Request,
      getResponse: <Response>() => undefined as Response,
      getNext: <Next>() => undefined as Next,
    }),
    switchToWs: () => ({
      getClient: <Connection>() => connection as Connection,
      getData: <Data>() => undefined as Data,
      getPattern: () => 'connection',
    }),
  }
}

function isSameNamespace(declared: unknown, created: unknown): boolean {
  const normal = (namespace: unknown) =>
    typeof namespace === 'string' && namespace !== '' ? `/${namespace.replace(/^\//, '')}` : (namespace ?? '')
  return normal(declared) === normal(created)
}
