import { fakeCognito } from '@tokenward/testkit'
import { cognitoUserPool, inMemoryRevocationList, type TokenwardEvent } from '@tokenward/nestjs'
import { onTestFinished } from 'vitest'

/** A user pool, and the options of an API that trusts it; `events` and `reasons` are what its operator sees. */
export async function poolAndOptions(until: (close: () => Promise<void>) => void = onTestFinished) {
  const pool = await fakeCognito({ clients: ['web'], resourceServers: { orders: ['read', 'write'] } })
  until(() => pool.close())
  const revocationList = inMemoryRevocationList()
  const events: TokenwardEvent[] = []
  const options = {
    issuers: [issuerOf(pool)] as [ReturnType<typeof issuerOf>],
    fetch: pool.fetch,
    clock: pool.clock,
    realm: 'orders',
    revocationList,
    onEvent: (event: TokenwardEvent) => void events.push(event),
  }
  const reasons = () => events.flatMap((event) => ('reason' in event ? [event.reason] : []))
  return { pool, options, revocationList, events, reasons }
}

/** Without tolerance, so that a token ends when it says. */
function issuerOf(pool: { readonly userPoolId: string; readonly clientId: string }) {
  return cognitoUserPool({ userPoolId: pool.userPoolId, clientId: pool.clientId, clockTolerance: 0 })
}
