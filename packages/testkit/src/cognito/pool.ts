import { createFakeClock, type FakeClock } from '../fake-clock.js'
import { createRandomness, type Randomness } from '../randomness.js'
import { type AppClients, createAppClients } from './app-clients.js'
import { COGNITO } from './cognito-kind.js'
import { createLogins, type Logins } from './logins.js'
import { createPoolIssuer, type PoolIssuer } from './pool-issuer.js'
import { createPoolKeys, type PoolKeys } from './pool-keys.js'
import { checkOptionNames, type FakeCognitoOptions, type PoolSettings, poolSettings } from './pool-settings.js'
import { createRefreshTokens, type RefreshTokens } from './refresh-tokens.js'
import { createUsers, type Users } from './users.js'

/** A pool with all it knows. */
export interface Pool {
  readonly settings: PoolSettings
  readonly issuer: PoolIssuer
  readonly random: Randomness
  readonly clock: FakeClock
  readonly keys: PoolKeys
  readonly clients: AppClients
  readonly users: Users
  readonly logins: Logins
  readonly refreshTokens: RefreshTokens
}

export async function createPool(options: FakeCognitoOptions): Promise<Pool> {
  const { maker } = COGNITO
  checkOptionNames(options)
  const random = createRandomness(maker, options.seed)
  const settings = poolSettings(options, random)
  const clients = createAppClients(settings, options.clients)
  const users = createUsers(random, options.users)
  const clock = createFakeClock(maker)
  return {
    settings,
    issuer: createPoolIssuer(settings, settings.issuerType),
    random,
    clock,
    clients,
    users,
    logins: createLogins(users),
    refreshTokens: createRefreshTokens(random, clock),
    // Last: the rest is checked by now, and keys take their time.
    keys: await createPoolKeys(clock, () => random.bytes('kid', 32).toString('base64')),
  }
}
