import { Controller, Get, type Type, UseGuards } from '@nestjs/common'
import { RequireScopes, type TokenwardGuard } from '../../src/index.js'
import { optionsFor, ordersPool, startApp } from './orders-app.js'

/** Boots an application whose only guard is a subclass, and calls it without a token. */
export default async function boot(guard: Type<TokenwardGuard>): Promise<Response> {
  @Controller('custom')
  @UseGuards(guard)
  class CustomController {
    @Get()
    @RequireScopes(['orders/read'])
    list() {
      return 'custom'
    }
  }
  const pool = await ordersPool()
  const { send } = await startApp({
    options: { ...optionsFor(pool), globalGuard: false },
    controllers: [CustomController],
  })
  return send('/custom')
}
