import type { OnModuleInit } from '@nestjs/common'
import { WebSocketGateway, WebSocketServer } from '@nestjs/websockets'
import { connectionOf, RequireScopes } from '@tokenward/nestjs'
import { OrdersService } from './orders.service.js'

/** What is used of a client of `ws`. */
interface FeedClient {
  send(text: string): void
}

/** Tells whoever listens what happens to orders, for as long as their token may. */
@WebSocketGateway({ path: '/feed' })
@RequireScopes(['orders/read'])
export class OrdersFeed implements OnModuleInit {
  @WebSocketServer()
  private readonly server!: { readonly clients: ReadonlySet<FeedClient> }

  constructor(private readonly orders: OrdersService) {}

  onModuleInit(): void {
    this.orders.onChange((event) => {
      for (const client of this.server.clients) void this.#send(client, { event: event.what, data: event.id })
    })
  }

  async #send(client: FeedClient, message: object): Promise<void> {
    const ended = await connectionOf(client)?.beforeMessage()
    if (ended === undefined) client.send(JSON.stringify(message))
  }
}
