import 'reflect-metadata'
import type { AddressInfo } from 'node:net'
import {
  applyDecorators,
  Controller,
  Get,
  HttpCode,
  HttpException,
  Inject,
  Post,
  Req,
  Res,
  type Type,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { ConformanceAnswer, ConformanceApp, ConformanceRoute, RunningApp } from '@tokenward/testkit/conformance'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { serverOptionsOf } from '../../../core/test/support/conformance-app.js'
import {
  CurrentPrincipal,
  fromNodeRequest,
  Policy,
  type Principal,
  Public,
  RESOURCE_SERVER,
  type ResourceServer,
  TokenwardModule,
} from '../../src/index.js'
import type { platforms } from './orders-app.js'

/** Builds the application of a conformance suite: a controller for each route. */
export async function startNestApp(app: ConformanceApp, adapter: (typeof platforms)[number][1]): Promise<RunningApp> {
  const root = {
    module: class Root {},
    imports: [TokenwardModule.forRoot(serverOptionsOf(app))],
    controllers: app.routes.map(controllerFor),
  }
  const nest = await NestFactory.create<NestExpressApplication | NestFastifyApplication>(root, adapter(), {
    logger: false,
  })
  const { origin, methods, allowedHeaders, exposedHeaders } = app.cors
  nest.enableCors({
    origin,
    methods: [...methods],
    allowedHeaders: [...allowedHeaders],
    exposedHeaders: [...exposedHeaders],
  })
  await nest.listen(0, '127.0.0.1')
  const { port } = nest.getHttpServer().address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => nest.close() }
}

function controllerFor(route: ConformanceRoute): Type {
  if (route.access === 'public') return openTo(route)
  return route.access === 'protected' ? guardedBy(route) : decidingBy(route)
}

function answerOf({ name, answers }: ConformanceRoute, principal: Principal | null): ConformanceAnswer {
  if (answers === 'error') throw new Error('An error of the handler')
  return { route: name, principal } as ConformanceAnswer
}

/** What every handler has, and what decorators say of this one. */
function handles({ method, path }: ConformanceRoute, ...demands: readonly MethodDecorator[]): MethodDecorator {
  return applyDecorators(method === 'GET' ? Get(path) : Post(path), HttpCode(200), ...demands)
}

function openTo(route: ConformanceRoute): Type {
  @Controller()
  @Public()
  class OpenController {
    @handles(route)
    handle() {
      return answerOf(route, null)
    }
  }
  return OpenController
}

function guardedBy(route: ConformanceRoute): Type {
  @Controller()
  class GuardedController {
    @handles(route, Policy(route.policy))
    handle(@CurrentPrincipal() caller: Principal) {
      return answerOf(route, caller)
    }
  }
  return GuardedController
}

/** Optional authentication has no decorator; as the README shows it. */
function decidingBy(route: ConformanceRoute): Type {
  @Controller()
  class DecidingController {
    readonly #api: ResourceServer

    constructor(@Inject(RESOURCE_SERVER) api: ResourceServer) {
      this.#api = api
    }

    @handles(route, Public())
    async handle(
      @Req() request: OnNode<IncomingMessage>,
      @Res({ passthrough: true }) response: OnNode<ServerResponse>,
    ) {
      const presented = await this.#api.present(fromNodeRequest(request.raw ?? request))
      if (route.access === 'optional' && presented.credentials === 'none') return answerOf(route, null)
      const outcome = await presented.authorize(route.policy)
      if (outcome.outcome === 'granted') return answerOf(route, outcome.principal)
      for (const [name, value] of Object.entries(outcome.headers)) (response.raw ?? response).setHeader(name, value)
      throw new HttpException(outcome.body, outcome.status)
    }
  }
  return DecidingController
}

/** Fastify wraps what Express extends. */
type OnNode<Message> = Message & { readonly raw?: Message }
