import { describe, expect, it } from 'vitest'
import { createPoolKeys } from '../../src/cognito/pool-keys.js'

describe('the keys of a pool', () => {
  it('are two, the same for all who ask, and known by their names', async () => {
    const keys = await createPoolKeys()
    const [[id, access], key] = await Promise.all([keys.published(), keys.id()])
    expect([keys.find(id?.kid), keys.find(access?.kid)]).toStrictEqual([key, keys.access()])
    expect(keys.find('another')).toBeUndefined()
  })

  it('are one as long as nobody asks for the other', async () => {
    const keys = await createPoolKeys()
    expect(keys.find(keys.access().kid)).toBe(keys.access())
    expect(keys.find(undefined)).toBeUndefined()
  })

  it('are published as they were when they were asked for', async () => {
    const keys = await createPoolKeys()
    const before = keys.access().kid
    const [asked] = await Promise.all([keys.published(), keys.rotate(false)])
    expect(asked.map(({ kid }) => kid)).toContain(before)
    expect((await keys.published()).map(({ kid }) => kid)).not.toContain(before)
  })

  it('stay published after a rotation, the one that nobody had asked for included, unless they are withdrawn', async () => {
    const keys = await createPoolKeys()
    const before = keys.access()
    await keys.rotate(true)
    expect(await keys.published()).toHaveLength(4)
    expect(keys.find(before.kid)).toBe(before)
    await keys.rotate(false)
    expect(await keys.published()).toHaveLength(2)
    expect(keys.find(before.kid)).toBeUndefined()
  })
})
