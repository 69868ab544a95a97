import { certificateAuthority, fakeAuthorizationServer, fakeCognito, type FakeCognito } from '@tokenward/testkit'

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

// Fakes and doors close at the end of a block, whatever `lib` says.
await using server = await fakeAuthorizationServer()
await using door = await server.serve({ https: true })
const authority: string | undefined = door.certificateAuthority
void authority
const { cnf } = await (await certificateAuthority()).clientCertificate({ commonName: 'partner' })
await server.accessToken({ cnf })
