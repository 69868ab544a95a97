import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { type DynamicModule, Module } from '@nestjs/common'
import { GraphQLModule } from '@nestjs/graphql'
import { type ResourceServerOptions, type RevocationList, TokenwardModule } from '@tokenward/nestjs'
import { AccountController, REVOCATION_LIST } from './account/account.controller.js'
import { AdminController, OrdersController } from './orders/orders.controller.js'
import { OrdersFeed } from './orders/orders.feed.js'
import { OrdersResolver } from './orders/orders.resolver.js'
import { OrdersService } from './orders/orders.service.js'

@Module({})
export class AppModule {
  static protectedBy(options: ResourceServerOptions & { readonly revocationList: RevocationList }): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TokenwardModule.forRoot({ ...options, strictRoutes: true }),
        GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, graphiql: false }),
      ],
      controllers: [OrdersController, AdminController, AccountController],
      providers: [
        OrdersService,
        OrdersResolver,
        OrdersFeed,
        { provide: REVOCATION_LIST, useValue: options.revocationList },
      ],
    }
  }
}
