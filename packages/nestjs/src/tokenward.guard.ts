import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import { ConfigurationError, type Denied, type ResourceServer } from '@tokenward/core'
import { fromNodeRequest, type NodeRequest } from '@tokenward/core/node'
import { rememberPrincipal } from './current-principal.js'
import { RoutePolicies } from './route-policies.js'
import { RESOURCE_SERVER } from './tokenward-options.js'

/** Lets a request in when its access token meets what the handler's decorators demand. */
@Injectable()
export class TokenwardGuard implements CanActivate {
  readonly #server: ResourceServer
  readonly #policies: RoutePolicies
  readonly #adapterHost: HttpAdapterHost

  constructor(
    @Inject(RESOURCE_SERVER) server: ResourceServer,
    @Inject(RoutePolicies) policies: RoutePolicies,
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
  ) {
    this.#server = server
    this.#policies = policies
    this.#adapterHost = adapterHost
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.#policies.of({ controller: context.getClass(), method: context.getHandler() })
    if (policy === 'public') return true
    if (context.getType() !== 'http') {
      throw new ConfigurationError(
        'TokenwardGuard',
        'guards HTTP handlers only in this version; mark others @Public() and guard them yourself',
      )
    }
    const request = context.switchToHttp().getRequest<object>()
    const outcome = await this.#server.authorize(fromNodeRequest(nodeRequestOf(request)), policy)
    if (outcome.outcome !== 'granted') throw this.#deny(context, outcome)
    rememberPrincipal(request, outcome.principal)
    return true
  }

  /** The default exception filter keeps headers that are set before it runs, on Express and on Fastify. */
  #deny(context: ExecutionContext, { status, headers, body }: Denied): HttpException {
    const response = context.switchToHttp().getResponse<unknown>()
    for (const [name, value] of Object.entries(headers)) {
      this.#adapterHost.httpAdapter.setHeader(response, name, value)
    }
    return Object.assign(new HttpException({ ...body }, status), { message: body.error_description })
  }
}

/** Fastify wraps Node's request; Express extends it, and middleware may have put other things into `raw`. */
function nodeRequestOf(request: object): NodeRequest {
  const { raw } = request as { raw?: { headers?: unknown } }
  return (typeof raw?.headers === 'object' ? raw : request) as NodeRequest
}
