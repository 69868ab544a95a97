import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common'
import { ApiOkResponse } from '@nestjs/swagger'
import { MaxRevocationLag, RequireGroups, RequireScopes, StepUp } from '@tokenward/nestjs'
import { Order } from './order.js'
import { AuthorizeOrder } from './order-policies.js'
import { OrdersService } from './orders.service.js'

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @RequireScopes(['orders/read'])
  @ApiOkResponse({ type: [Order] })
  list(): Order[] {
    return this.orders.all()
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScopes(['orders/write'])
  remove(@Param('id') id: string): void {
    this.orders.remove(id)
  }

  /** Money goes out: the user has to have logged in with a second factor, and not long ago, and the policies to permit it. */
  @Post(':id/refund')
  @HttpCode(204)
  @RequireScopes(['orders/write'])
  @StepUp({ acrValues: ['mfa'], maxAge: '5m' })
  @AuthorizeOrder('refund')
  refund(@Param('id') id: string): void {
    this.orders.refund(id)
  }

  @Get('report')
  @RequireScopes(['orders/read'])
  @RequireGroups(['managers'])
  report(): { readonly orders: number } {
    return { orders: this.orders.all().length }
  }

  @Get(':id')
  @RequireScopes(['orders/read'])
  @AuthorizeOrder('read')
  @ApiOkResponse({ type: Order })
  read(@Param('id') id: string): Order {
    return this.orders.find(id)
  }
}

/** What cannot be undone: a token that was revoked a moment ago must not do it, so that Cognito is asked each time. */
@Controller('admin/orders')
@RequireGroups(['admins'])
@MaxRevocationLag('0s')
export class AdminController {
  constructor(private readonly orders: OrdersService) {}

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string): void {
    this.orders.remove(id)
  }
}
