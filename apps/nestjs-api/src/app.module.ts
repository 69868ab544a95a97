import { type DynamicModule, Module } from '@nestjs/common'
import { TokenwardModule, type TokenwardModuleOptions } from '@tokenward/nestjs'
import { AccountController, OrdersController } from './orders/orders.controller.js'
import { OrdersService } from './orders/orders.service.js'

@Module({})
export class AppModule {
  static protectedBy(options: TokenwardModuleOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [TokenwardModule.forRoot(options)],
      controllers: [OrdersController, AccountController],
      providers: [OrdersService],
    }
  }
}
