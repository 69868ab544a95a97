import { describe, expect, it } from 'vitest'
import { createPoolKeys } from '../../src/cognito/pool-keys.js'
import { createFakeClock } from '../../src/fake-clock.js'
import { countKeys } from '../support/counted-keys.js'

function keysWithClock() {
  let kids = 0
  return createPoolKeys(createFakeClock('test'), () => `kid-${(kids += 1)}`)
}
const AT_ONCE = { keepOld: true, delay: undefined }
const WITHDRAWING = { keepOld: false, delay: undefined }

describe('the keys of a pool', () => {
  it('are two, the same for all who ask, and known by their names', async () => {
    const keys = await keysWithClock()
    const [[id, access], key] = await Promise.all([keys.published(), keys.id()])
    expect([keys.find(id?.kid), keys.find(access?.kid)]).toStrictEqual([key, keys.access()])
    expect(keys.find('another')).toBeUndefined()
  })

  it('are one as long as nobody asks for the other', async () => {
    const keys = await keysWithClock()
    expect(keys.find(keys.access().kid)).toBe(keys.access())
    expect(keys.find(undefined)).toBeUndefined()
  })

  it('are published as they were when they were asked for', async () => {
    const keys = await keysWithClock()
    const before = keys.access().kid
    const [asked] = await Promise.all([keys.published(), keys.rotate(WITHDRAWING)])
    expect(asked.map(({ kid }) => kid)).toContain(before)
    expect((await keys.published()).map(({ kid }) => kid)).not.toContain(before)
  })

  it('stay published after a rotation, the one that nobody had asked for included, unless they are withdrawn', async () => {
    const keys = await keysWithClock()
    const before = keys.access()
    await keys.rotate(AT_ONCE)
    expect(await keys.published()).toHaveLength(4)
    expect(keys.find(before.kid)).toBe(before)
    await keys.rotate(WITHDRAWING)
    expect(await keys.published()).toHaveLength(2)
    expect(keys.find(before.kid)).toBeUndefined()
  })
})

describe('the key for ID tokens', () => {
  /** Keys that are made ahead of any use. */
  const RESERVE = 2
  const POOLS = 3

  it('is made when it is first used: by then, and by rotations, one key is made for each pool', async () => {
    const keys = countKeys()
    const { fakeCognito } = await import('../../src/index.js')
    const pools = await Promise.all(Array.from({ length: POOLS }, () => fakeCognito()))
    for (const pool of pools) {
      await pool.accessToken()
      await pool.revokeUser(pool.addUser({ username: 'ann' }).sub)
    }
    expect(await keys.allMade()).toBe(POOLS + RESERVE)
    for (const pool of pools) await pool.rotateKeys({ keepOld: false })
    expect(await keys.allMade()).toBe(2 * POOLS + RESERVE)
    // One key for each use, whatever uses it first: a token, or the key set, which has to hold it.
    await pools[0]?.idToken()
    await pools[1]?.publicKeys()
    await pools[2]?.fetch(pools[2].jwks.url)
    expect(await keys.allMade()).toBe(3 * POOLS + RESERVE)
    for (const pool of pools) await Promise.all([pool.idToken(), pool.publicKeys()])
    expect(await keys.allMade()).toBe(3 * POOLS + RESERVE)
  })
})
