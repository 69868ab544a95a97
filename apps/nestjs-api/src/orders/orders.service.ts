import { Injectable, NotFoundException } from '@nestjs/common'
import { EventEmitter } from 'node:events'
import { Order } from './order.js'
import { orderTable } from './order-table.js'

/** What happens to orders. */
export interface OrderEvent {
  readonly what: 'removed' | 'refunded'
  readonly id: string
}

@Injectable()
export class OrdersService {
  readonly #events = new EventEmitter<{ changed: [OrderEvent] }>()

  all(): Order[] {
    return [...orderTable.values()]
  }

  find(id: string): Order {
    const order = orderTable.get(id)
    if (order === undefined) throw new NotFoundException()
    return order
  }

  remove(id: string): void {
    if (!orderTable.delete(id)) throw new NotFoundException()
    this.#events.emit('changed', { what: 'removed', id })
  }

  refund(id: string): void {
    if (!orderTable.has(id)) throw new NotFoundException()
    this.#events.emit('changed', { what: 'refunded', id })
  }

  onChange(listener: (event: OrderEvent) => void): void {
    this.#events.on('changed', listener)
  }
}
