'use server'

import { TokenRefusedError, TokenUncheckedError } from '@tokenward/nextjs'
import { revalidatePath } from 'next/cache'
import type { Attempt } from '../../components/orders-table'
import { readOrders, requireAuth } from '../../lib/auth'
import { cancelOrder } from '../../lib/orders'
import { revokeAtCognito } from '../../lib/session'

/** An administrator's action; the order is cancelled where the token still stands, and nowhere else. */
export async function cancel(_last: Attempt | undefined, form: FormData): Promise<Attempt> {
  const id = String(form.get('id'))
  try {
    await cancelOrder(id)
  } catch (error) {
    if (error instanceof TokenRefusedError) return { id, outcome: 'refused' }
    if (error instanceof TokenUncheckedError) return { id, outcome: 'unavailable' }
    throw error
  }
  revalidatePath('/dashboard')
  return { id, outcome: 'cancelled' }
}

/** Has Cognito end the login of whoever calls, behind the back of this application. */
export async function revokeMe(): Promise<boolean> {
  await requireAuth(readOrders)
  return revokeAtCognito()
}
