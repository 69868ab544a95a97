import { Injectable, NotFoundException } from '@nestjs/common'
import { EventEmitter } from 'node:events'
import { Order } from './order.js'

/** What happens to orders. */
export interface OrderEvent {
  readonly what: 'removed' | 'refunded'
  readonly id: string
}

@Injectable()
export class OrdersService {
  readonly #orders = new Map<string, Order>(
    [
      { id: '1', item: 'Espresso cups', quantity: 6 },
      { id: '2', item: 'Coffee beans, 1 kg', quantity: 2 },
      { id: '3', item: 'Milk jug', quantity: 1 },
    ].map((order) => [order.id, order]),
  )
  readonly #events = new EventEmitter<{ changed: [OrderEvent] }>()

  all(): Order[] {
    return [...this.#orders.values()]
  }

  remove(id: string): void {
    if (!this.#orders.delete(id)) throw new NotFoundException()
    this.#events.emit('changed', { what: 'removed', id })
  }

  refund(id: string): void {
    if (!this.#orders.has(id)) throw new NotFoundException()
    this.#events.emit('changed', { what: 'refunded', id })
  }

  onChange(listener: (event: OrderEvent) => void): void {
    this.#events.on('changed', listener)
  }
}
