import { Controller, Get, Module } from '@nestjs/common'
import {
  cognitoUserPool,
  createResourceServer,
  CurrentPrincipal,
  definePolicy,
  type Principal,
  Public,
  RequireGroups,
  RequireScopes,
  type TokenwardEvent,
  TokenwardModule,
} from '@tokenward/nestjs'

// Exported without annotations: every type they mention must have a name in this one package, the only one
// installed.
export const api = createResourceServer({
  issuers: [cognitoUserPool({ userPoolId: 'eu-west-1_AbCdEf123', clientId: 'web' })],
})
export const policy = definePolicy({ scopes: ['orders/read'] })
export const decide = (token: string) => api.verify(token, policy)
export const present = (request: Request) => api.present(request)
export const explained = api.explain(policy)
export const count = (event: TokenwardEvent) => (event.type === 'request-refused' ? event.reason : undefined)

@Controller()
export class OrdersController {
  @Get()
  @RequireScopes(['orders/read'])
  @RequireGroups(['staff'])
  list(@CurrentPrincipal() caller: Principal): string {
    return caller.subject
  }

  @Get('health')
  @Public()
  health(): string {
    return 'ok'
  }
}

@Module({
  imports: [
    TokenwardModule.forRoot({ resourceServer: api, globalGuard: true }),
    TokenwardModule.forRootAsync({ useFactory: async () => ({ resourceServer: api }), globalGuard: false }),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
