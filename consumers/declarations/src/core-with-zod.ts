import { type ClaimsOf, type CompiledPolicy, type ResourceServer } from '@tokenward/core'
import { z } from 'zod'

declare const api: ResourceServer

const tenant = z.object({ tenant: z.string().transform((text) => text.length) })
const tenantOrders = api.policy({ scopes: ['orders/read'], claims: tenant })
tenantOrders satisfies CompiledPolicy<{ tenant: number }>
const claims: ClaimsOf<typeof tenant> = { tenant: 1 }
void claims

export async function tenantOf(token: string): Promise<number> {
  const byPolicy = await api.verify(token, tenantOrders)
  const byLiteral = await api.verify(token, { claims: tenant })
  return byPolicy.claims.tenant + byLiteral.claims.tenant
}
