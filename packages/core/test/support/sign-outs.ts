import { fakeCognito } from '@tokenward/testkit'
import { onTestFinished } from 'vitest'
import { inMemoryRevocationList, type RevocationList, type TokenwardEvent } from '../../src/index.js'
import { cognitoApi } from './cognito-api.js'
import { withToken } from './test-issuer.js'

interface Wanted {
  /** Whether the API knows of the pool's domain. */
  readonly hasDomain?: boolean
  readonly tokenRevocation?: boolean
  /** `null`: none. Default one in memory, on the clock of the pool. */
  readonly list?: Partial<RevocationList> | null
}

/** A fake pool, an API in front of which people sign out, and what it reported. */
export async function signOutsAtCognito({ hasDomain = false, tokenRevocation = true, list: given }: Wanted = {}) {
  const pool = await fakeCognito({ clients: ['web'], tokenRevocation })
  onTestFinished(() => pool.close())
  const list = inMemoryRevocationList({ clock: pool.clock })
  const events: TokenwardEvent[] = []
  const revocationList = given === null ? undefined : { ...list, ...given }
  const changed = { timeout: '400ms', ...(hasDomain && { domain: pool.domain }) } as const
  const api = cognitoApi(pool, changed, { revocationList, onEvent: (e) => events.push(e) })
  // Both keys are at hand before anything here has a deadline.
  await pool.publicKeys()
  await api.ready()
  return {
    pool,
    api,
    list,
    events,
    /** Of the events of sign-outs, the first of a type. */
    event: (type: TokenwardEvent['type']) => events.find((event) => event.type === type),
    async outcomeOf(token: string, policy = {}) {
      const { outcome, ...rest } = await api.authorize(withToken(token), policy)
      return 'reason' in rest ? rest.reason : outcome
    },
  }
}
