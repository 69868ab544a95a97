// Runs the conformance suite with the packages as they were packed, on both platforms of NestJS 12. Plain JavaScript, so
// that nothing compiles the decorators differently than the application would.
import 'reflect-metadata'
import { after, describe, it } from 'node:test'
import { Controller, Get, HttpCode, HttpException, Inject, Post, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import {
  authorizationServer,
  clientSecretBasic,
  cognitoUserPool,
  CurrentPrincipal,
  fromNodeRequest,
  Policy,
  Public,
  RESOURCE_SERVER,
  TokenwardModule,
} from '@tokenward/nestjs'
import { conformance } from '@tokenward/testkit/conformance'

const insecure = { allowInsecureLoopback: true }

function issuerOf(given) {
  if (given.kind === 'cognito') {
    const { userPoolId, clientId, endpoint } = given
    return cognitoUserPool({ userPoolId, clientId, endpoint, ...insecure })
  }
  const { issuer, audience, opaqueTokens, introspection } = given
  const clientAuthentication = clientSecretBasic(introspection.clientId, introspection.clientSecret)
  return authorizationServer({ issuer, audience, opaqueTokens, introspection: { clientAuthentication }, ...insecure })
}

/** Applies decorators to a method and its parameters, as a compiler would. */
function decorate(type, decorators, parameters) {
  const { prototype } = type
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'handle')
  for (const [index, parameter] of parameters.entries()) parameter(prototype, 'handle', index)
  for (const decorator of decorators) decorator(prototype, 'handle', descriptor)
  Controller()(type)
  return type
}

function controllerFor(route) {
  const method = route.method === 'GET' ? Get(route.path) : Post(route.path)
  const answer = (principal) => {
    if (route.answers === 'error') throw new Error('An error of the handler')
    return { route: route.name, principal }
  }

  class Guarded {
    handle(caller) {
      return answer(caller)
    }
  }
  class Open {
    handle() {
      return answer(null)
    }
  }
  class Deciding {
    constructor(api) {
      this.api = api
    }

    async handle(request, response) {
      const presented = await this.api.present(fromNodeRequest(request.raw ?? request))
      if (presented.credentials === 'none') return answer(null)
      const outcome = await presented.authorize(route.policy)
      if (outcome.outcome === 'granted') return answer(outcome.principal)
      for (const [name, value] of Object.entries(outcome.headers)) (response.raw ?? response).setHeader(name, value)
      throw new HttpException(outcome.body, outcome.status)
    }
  }

  if (route.access === 'public') return decorate(Open, [method, HttpCode(200), Public()], [])
  if (route.access === 'protected') {
    return decorate(Guarded, [method, HttpCode(200), Policy(route.policy)], [CurrentPrincipal()])
  }
  Inject(RESOURCE_SERVER)(Deciding, undefined, 0)
  return decorate(Deciding, [method, HttpCode(200), Public()], [Req(), Res({ passthrough: true })])
}

for (const [platform, adapter] of [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
]) {
  conformance({
    name: `NestJS 12 on ${platform}, packed`,
    capabilities: ['step-up'],
    async start({ realm, clock, issuers, routes, cors }) {
      const imports = [TokenwardModule.forRoot({ realm, clock, issuers: issuers.map(issuerOf) })]
      const root = { module: class Root {}, imports, controllers: routes.map(controllerFor) }
      const app = await NestFactory.create(root, adapter(), { logger: false })
      app.enableCors(structuredClone(cors))
      await app.listen(0, '127.0.0.1')
      return { url: `http://127.0.0.1:${app.getHttpServer().address().port}`, close: () => app.close() }
    },
  }).register({ describe, it, after })
}
