import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import { MaxRevocationLag, RequireGroups, RequireScopes } from '@tokenward/nestjs'
import { Order } from './order.js'
import { OrdersService } from './orders.service.js'

@Resolver(() => Order)
export class OrdersResolver {
  constructor(private readonly orders: OrdersService) {}

  @Query(() => [Order], { name: 'orders' })
  @RequireScopes(['orders/read'])
  list(): Order[] {
    return this.orders.all()
  }

  @Mutation(() => Boolean)
  @RequireGroups(['admins'])
  @MaxRevocationLag('0s')
  removeOrder(@Args('id') id: string): boolean {
    this.orders.remove(id)
    return true
  }
}
