import { perProcess, type Principal } from '@tokenward/nextjs'
import { cancelOrders, readOrders, requireAuth } from './auth'

export interface Order {
  readonly id: string
  readonly item: string
  readonly customer: string
  readonly cents: number
  readonly state: 'open' | 'shipped' | 'cancelled'
}

const stored = () =>
  perProcess('orders', () => {
    const orders: readonly Order[] = [
      { id: '1041', item: 'Coffee beans, 1 kg', customer: 'Atelier Nord', cents: 2_450, state: 'shipped' },
      { id: '1042', item: 'Pour-over kettle', customer: 'Bakery Lindqvist', cents: 8_900, state: 'open' },
      { id: '1043', item: 'Paper filters, 100', customer: 'Hotel Marea', cents: 650, state: 'open' },
      { id: '1044', item: 'Burr grinder', customer: 'Studio Okafor', cents: 15_900, state: 'open' },
    ]
    return new Map(orders.map((order) => [order.id, order]))
  })

/** What a page shows of orders: whoever calls this is asked for a token first. */
export async function ordersFor(): Promise<{ readonly principal: Principal; readonly orders: readonly Order[] }> {
  const principal = await requireAuth(readOrders, { onRefused: '/auth/sign-in' })
  return { principal, orders: allOrders() }
}

/** An administrator's action: Cognito is asked whether the token still stands. */
export async function cancelOrder(id: string): Promise<void> {
  await requireAuth(cancelOrders)
  const order = stored().get(id)
  if (order?.state === 'open') stored().set(id, { ...order, state: 'cancelled' })
}

/** For handlers, which have asked for a token themselves. */
export function allOrders(): readonly Order[] {
  return [...stored().values()]
}
