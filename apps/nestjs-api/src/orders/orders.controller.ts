import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common'
import { CurrentPrincipal, type Principal, Public, RequireGroups, RequireScopes } from '@tokenward/nestjs'
import { type Order, OrdersService } from './orders.service.js'

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @RequireScopes(['orders/read'])
  list(): Order[] {
    return this.orders.all()
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScopes(['orders/write'])
  remove(@Param('id') id: string): void {
    this.orders.remove(id)
  }

  @Get('report')
  @RequireScopes(['orders/read'])
  @RequireGroups(['managers'])
  report(): { readonly orders: number } {
    return { orders: this.orders.all().length }
  }
}

@Controller()
export class AccountController {
  /** No decorator: with the global guard every route needs a valid token. */
  @Get('me')
  me(@CurrentPrincipal() caller: Principal) {
    const { subject, clientId, scopes, groups } = caller
    return { subject, clientId, scopes, groups }
  }

  @Public()
  @Get('health')
  health() {
    return { status: 'ok' }
  }
}
