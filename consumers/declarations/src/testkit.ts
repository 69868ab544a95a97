import { fakeCognito, type FakeCognito } from '@tokenward/testkit'

const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'], pay: ['refund'] } })
await pool.accessToken({ scopes: ['orders/read', 'pay/refund', 'openid'] })
await pool.forged.expired({ scopes: ['orders/write'] })
// @ts-expect-error no such scope
await pool.accessToken({ scopes: ['pay/read'] })
// @ts-expect-error no such scope
await pool.forged.expired({ scopes: ['orders'] })

// A helper of a test suite takes any pool.
const anyPool: FakeCognito = pool
await anyPool.accessToken({ scopes: ['orders/read'] })
