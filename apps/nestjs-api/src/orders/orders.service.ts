import { Injectable, NotFoundException } from '@nestjs/common'

export interface Order {
  readonly id: string
  readonly item: string
  readonly quantity: number
}

@Injectable()
export class OrdersService {
  readonly #orders = new Map<string, Order>([
    ['1', { id: '1', item: 'Espresso cups', quantity: 6 }],
    ['2', { id: '2', item: 'Coffee beans, 1 kg', quantity: 2 }],
  ])

  all(): Order[] {
    return [...this.#orders.values()]
  }

  remove(id: string): void {
    if (!this.#orders.delete(id)) throw new NotFoundException()
  }
}
