import { refuseUnknown } from '../known-names.js'
import type { Randomness } from '../randomness.js'
import { COGNITO } from './cognito-kind.js'

/** A user of the pool, confirmed and enabled. */
export interface PoolUserSettings {
  /** The name to sign in with, unique in the pool. */
  readonly username: string
  /** For `InitiateAuth` and the sign-in page. Default none: the user cannot sign in with a password. */
  readonly password?: string
  /** Default: a UUID that stays the same; with `seed`, for the same username in every run. */
  readonly sub?: string
  /** Default: the username at example.com. */
  readonly email?: string
  /** `cognito:groups` of the user's tokens. Default none. */
  readonly groups?: readonly string[]
}

/** A user as the pool knows it; what tokens say unless a test says otherwise. */
export interface PoolUser {
  /** The id that never changes. */
  readonly sub: string
  /** The name to sign in with. */
  readonly username: string
  /** The address that `GetUser`, userInfo and ID tokens tell. */
  readonly email: string
  /** `cognito:groups`; absent from tokens when empty. */
  readonly groups: readonly string[]
}

export type UserState = 'enabled' | 'disabled' | 'deleted'

export interface UserRecord extends PoolUser {
  readonly password: string | undefined
  /** Declared by the test, not just named in a token. */
  readonly isDeclared: boolean
  state: UserState
}

/** Everybody the pool knows of. Who was not declared exists from the first token on, without a password. */
export interface Users {
  add(settings: PoolUserSettings): PoolUser
  /** By `sub`, deleted users included, or by the name of one who is not. */
  find(name: unknown): UserRecord | undefined
  /** The user a token names, who exists from now on. */
  enter(sub: string, username: string): UserRecord
}

const { maker } = COGNITO

export function createUsers(random: Randomness, declared: readonly PoolUserSettings[] = []): Users {
  if (!Array.isArray(declared)) throw new TypeError(`${maker}: users must be a list: [{ username: 'ann', … }]`)
  const bySub = new Map<string, UserRecord>()
  const byName = new Map<string, UserRecord>()

  function remember(user: UserRecord): UserRecord {
    bySub.set(user.sub, user)
    if (living(user.username) === undefined) byName.set(user.username, user)
    return user
  }

  function living(username: string): UserRecord | undefined {
    const user = byName.get(username)
    return user?.state === 'deleted' ? undefined : user
  }

  function add(settings: PoolUserSettings): PoolUser {
    checkUser(settings)
    const { username, password, groups = [], email = `${username}@example.com` } = settings
    if (living(username) !== undefined) {
      throw new TypeError(`${maker}: the pool has a user ${username} already; usernames are unique`)
    }
    const sub = settings.sub ?? random.uuid(`sub of ${username}`)
    if (bySub.has(sub)) throw new TypeError(`${maker}: the pool has a user with the sub ${sub} already`)
    remember({ sub, username, email, groups, password, isDeclared: true, state: 'enabled' })
    return { sub, username, email, groups }
  }

  for (const settings of declared) add(settings)
  return {
    add,
    find: (name) => (typeof name === 'string' ? (bySub.get(name) ?? living(name)) : undefined),
    enter: (sub, username) =>
      bySub.get(sub) ??
      remember({
        sub,
        username,
        email: `${username}@example.com`,
        groups: [],
        password: undefined,
        isDeclared: false,
        state: 'enabled',
      }),
  }
}

function checkUser(settings: PoolUserSettings): void {
  if (
    typeof settings !== 'object' ||
    settings === null ||
    typeof settings.username !== 'string' ||
    settings.username === ''
  ) {
    throw new TypeError(`${maker}: a user is { username: … } with a name that is not empty`)
  }
  const user = `the user ${settings.username}`
  refuseUnknown(maker, user, settings, ['username', 'password', 'sub', 'email', 'groups'])
  const { password, sub, email, groups } = settings
  for (const [name, value] of Object.entries({ password, sub, email })) {
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new TypeError(`${maker}: ${name} of ${user} must be text, not empty`)
    }
  }
  if (groups !== undefined && (!Array.isArray(groups) || !groups.every((group) => typeof group === 'string'))) {
    throw new TypeError(`${maker}: groups of ${user} must be a list of names`)
  }
}
