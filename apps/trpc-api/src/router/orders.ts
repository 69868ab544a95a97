import { EventEmitter, on } from 'node:events'

export interface Order {
  readonly id: number
  readonly item: string
}

/** Orders in memory, and the news about them. */
export class Orders {
  readonly #orders = new Map<number, Order>()
  readonly #news = new EventEmitter()

  add(item: string): Order {
    const order = { id: this.#orders.size + 1, item }
    this.#orders.set(order.id, order)
    this.#news.emit('added', order)
    return order
  }

  all(): Order[] {
    return [...this.#orders.values()]
  }

  /** Orders after one, then those that come. Listens before it looks, so that none is lost in between. */
  async *after(id: number, signal: AbortSignal | undefined): AsyncGenerator<Order> {
    const news = on(this.#news, 'added', signal === undefined ? {} : { signal })
    yield* this.all().filter((order) => order.id > id)
    for await (const [order] of news) yield order as Order
  }

  get listeners(): number {
    return this.#news.listenerCount('added')
  }
}
