import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import {
  type CompiledPolicy,
  type Denied,
  type Granted,
  type Outcome,
  type ProtectedRequest,
  type ResourceServer,
} from '@tokenward/core'
import { RESOURCE_SERVER } from '../module/tokenward-options.js'
import { RoutePolicies } from '../policies/route-policies.js'
import { withToken } from '../transports/authorization.js'
import { transportOf } from '../transports/transports.js'
import { isOpening } from '../transports/web-socket.js'
import { admit, callerBehind, handlerOf, runningMessage } from './callers.js'

/**
 * Lets a request, an operation or a message in when its access token meets what the handler's decorators demand. Every
 * step is a method to override in a subclass, which `globalGuard` then names.
 */
@Injectable()
export class TokenwardGuard implements CanActivate {
  // Injected as properties, so that a subclass is free to inject what it likes.
  @Inject(RESOURCE_SERVER) private readonly server!: ResourceServer
  @Inject(RoutePolicies) private readonly policies!: RoutePolicies
  @Inject(HttpAdapterHost) private readonly adapterHost!: HttpAdapterHost

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isOpening(context)) {
      // A message may demand what opening the connection did not.
      this.#callerBehind(context)
      if (!context.isGuarded) return true
    }
    const policy = this.policyOf(context)
    if (policy === 'public') return true
    const outcome = await this.decide(context, policy)
    const message = runningMessage.getStore()
    if (message !== undefined) message.outcome = outcome
    if (outcome.outcome !== 'granted') {
      throw (await this.onDenied(outcome, context)) ?? (await this.exceptionFor(outcome, context))
    }
    admit(outcome, context)
    this.#writeHeaders(outcome, context)
    const following = this.onGranted(outcome, context)
    if (following !== undefined) await following
    return true
  }

  /** What the handler demands: what its decorators, and those of its class, make together. */
  protected policyOf(context: ExecutionContext): CompiledPolicy<unknown> | 'public' {
    const handler = handlerOf(context)
    const policy = this.policies.of(handler)
    if (policy === 'public') return policy
    const params = transportOf(context).paramsOf?.(context)
    return params === undefined ? policy : this.policies.forCall(handler, params)
  }

  /**
   * The access token, where it is not in the `Authorization` header: in a cookie, or in a message of a broker. Whatever
   * the header holds is then left aside. `undefined`, which is the default, leaves it to the header. For a connection to a
   * gateway, `context.switchToHttp().getRequest()` is the request that opens it.
   */
  protected extractToken(_context: ExecutionContext): string | undefined | Promise<string | undefined> {
    return undefined
  }

  /** The request as core sees it, with the token from {@link extractToken} where there is one. */
  protected requestOf(context: ExecutionContext): ProtectedRequest | Promise<ProtectedRequest> {
    const extracted = this.extractToken(context)
    // Nothing is waited for where nothing has to be, which is nearly everywhere.
    return extracted === undefined ? transportOf(context).requestOf(context) : requestWith(extracted, context)
  }

  /** Decides by the token alone; it is parsed and verified once for each request, operation or connection. */
  protected decide(context: ExecutionContext, policy: CompiledPolicy<unknown>): Promise<Outcome<unknown>> {
    return this.#callerBehind(context).decide(policy)
  }

  /** Called when the handler may run, before it does. By default nothing happens. */
  protected onGranted(_granted: Granted<unknown>, _context: ExecutionContext): void | Promise<void> {}

  /**
   * Called before a request is turned away. What it returns is thrown; by default nothing, and then that is the exception
   * of the transport. `denied.reason` is for logs and must not reach the client.
   */
  protected onDenied(_denied: Denied, _context: ExecutionContext): unknown {
    return undefined
  }

  /** The exception of the transport: `HttpException`, `GraphQLError`, `WsException` or `RpcException`. */
  protected exceptionFor(denied: Denied, context: ExecutionContext): Error | Promise<Error> {
    this.#writeHeaders(denied, context)
    return transportOf(context).exceptionFor(denied, context)
  }

  #writeHeaders({ headers }: Outcome<unknown>, context: ExecutionContext): void {
    const entries = Object.entries(headers)
    if (entries.length === 0) return
    const response = transportOf(context).responseOf?.(context)
    if (response === undefined) return
    for (const [name, value] of entries) this.adapterHost.httpAdapter.setHeader(response, name, value)
  }

  #callerBehind(context: ExecutionContext) {
    return callerBehind(context, { server: this.server, request: () => this.requestOf(context) })
  }
}

async function requestWith(
  extracted: string | Promise<string | undefined>,
  context: ExecutionContext,
): Promise<ProtectedRequest> {
  const token = await extracted
  const request = transportOf(context).requestOf(context)
  return token === undefined ? request : withToken(request, token)
}
