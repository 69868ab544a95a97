import type { AddressInfo } from 'node:net'
import { Controller, Get, HttpCode, HttpException, Inject, Post, Req, Res, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  authorizationServer,
  clientSecretBasic,
  cognitoUserPool,
  CurrentPrincipal,
  fromNodeRequest,
  Policy,
  type Principal,
  Public,
  RESOURCE_SERVER,
  type ResourceServer,
  TokenwardModule,
} from '@tokenward/nestjs'
import { conformance, type ConformanceIssuer, type ConformanceRoute } from '@tokenward/testkit/conformance'
import type { IncomingMessage, ServerResponse } from 'node:http'

const insecure = { allowInsecureLoopback: true }

function issuerOf(given: ConformanceIssuer) {
  if (given.kind === 'cognito') {
    const { userPoolId, clientId, endpoint } = given
    return cognitoUserPool({ userPoolId, clientId, endpoint, ...insecure })
  }
  const { issuer, audience, opaqueTokens, introspection } = given
  const clientAuthentication = clientSecretBasic(introspection.clientId, introspection.clientSecret)
  return authorizationServer({ issuer, audience, opaqueTokens, introspection: { clientAuthentication }, ...insecure })
}

/** A controller for a route. Optional authentication has no decorator; as the README decides in a handler. */
function controllerFor(route: ConformanceRoute): Type {
  const method = route.method === 'GET' ? Get(route.path) : Post(route.path)
  const answer = (principal: Principal | null) => {
    if (route.answers === 'error') throw new Error('An error of the handler')
    return { route: route.name, principal }
  }

  @Controller()
  @Policy(route.policy)
  class Guarded {
    @method
    @HttpCode(200)
    handle(@CurrentPrincipal() caller: Principal) {
      return answer(caller)
    }
  }
  if (route.access === 'protected') return Guarded

  @Controller()
  @Public()
  class Deciding {
    constructor(@Inject(RESOURCE_SERVER) private readonly api: ResourceServer) {}

    @method
    @HttpCode(200)
    async handle(@Req() request: IncomingMessage, @Res({ passthrough: true }) response: ServerResponse) {
      if (route.access === 'public') return answer(null)
      const presented = await this.api.present(fromNodeRequest(request))
      if (route.access === 'optional' && presented.credentials === 'none') return answer(null)
      const outcome = await presented.authorize(route.policy)
      if (outcome.outcome === 'granted') return answer(outcome.principal)
      for (const [name, value] of Object.entries(outcome.headers)) response.setHeader(name, value)
      throw new HttpException(outcome.body, outcome.status)
    }
  }
  return Deciding
}

conformance({
  name: 'NestJS 11',
  capabilities: ['step-up'],
  async start({ realm, clock, issuers, routes, cors }) {
    const imports = [TokenwardModule.forRoot({ realm, clock, issuers: issuers.map(issuerOf) })]
    const root = { module: class Root {}, imports, controllers: routes.map(controllerFor) }
    const app = await NestFactory.create(root, { logger: false })
    app.enableCors(JSON.parse(JSON.stringify(cors)))
    await app.listen(0, '127.0.0.1')
    const { port } = app.getHttpServer().address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, close: () => app.close() }
  },
}).register()
