import { Controller, Get, Module } from '@nestjs/common'
import {
  cognitoUserPool,
  createResourceServer,
  CurrentPrincipal,
  definePolicy,
  type ClaimsSchema,
  MaxRevocationLag,
  Policy,
  type Principal,
  type PrincipalOf,
  Public,
  RequireAnyScope,
  RequireGroups,
  RequireScopes,
  SenderConstrained,
  StepUp,
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

/** Any schema library does; this is all of one that it takes. */
const schema = {
  '~standard': {
    version: 1,
    vendor: 'here',
    validate: (value: unknown) => ({ value: value as { tenant: string } }),
    types: undefined as { input: unknown; output: { tenant: string } } | undefined,
  },
} as const satisfies ClaimsSchema
export const ofTenant = definePolicy({ claims: schema, scopes: ['orders/read'] })

@Controller('typed')
export class TypedController {
  @Get()
  @Policy(ofTenant)
  @RequireAnyScope(['orders/read', 'orders/write'])
  @MaxRevocationLag('30s', { duringOutage: '10m' })
  @StepUp({ acrValues: ['mfa'], maxAge: '5m' })
  @SenderConstrained()
  tenant(@CurrentPrincipal(ofTenant) caller: PrincipalOf<typeof ofTenant>): string {
    return caller.claims.tenant
  }

  @Get('schema')
  @Policy({ claims: schema })
  bySchema(@CurrentPrincipal(schema) caller: Principal<{ tenant: string }>): string {
    return caller.claims.tenant
  }

  // @ts-expect-error the claims of a caller have the type of the policy, or none
  untyped(@CurrentPrincipal() caller: PrincipalOf<typeof ofTenant>): string {
    return caller.claims.tenant
  }

  // @ts-expect-error a caller is no string
  subject(@CurrentPrincipal() caller: string): string {
    return caller
  }

  // @ts-expect-error another type than the policy's
  other(@CurrentPrincipal(ofTenant) caller: Principal<{ tenant: number }>): number {
    return caller.claims.tenant
  }
}

// @ts-expect-error no such member
Policy({ scope: ['orders/read'] })
// @ts-expect-error no duration
MaxRevocationLag('30')
// @ts-expect-error no such member
StepUp({ acr: ['mfa'] })
// @ts-expect-error no such demand
SenderConstrained('optional')

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
