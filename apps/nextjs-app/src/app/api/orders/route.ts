import { readOrders, withAuth } from '../../../lib/auth'
import { allOrders } from '../../../lib/orders'

export const GET = withAuth(
  readOrders,
  (_request, { principal }) => Response.json({ orders: allOrders(), evidence: principal.evidence }),
  { acceptCookie: true },
)
