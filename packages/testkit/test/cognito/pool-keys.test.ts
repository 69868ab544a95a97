import { describe, expect, it } from 'vitest'
import { createPoolKeys } from '../../src/cognito/pool-keys.js'

describe('the keys of a pool', () => {
  it('are two as soon as anybody looks, and the same for all', async () => {
    const keys = await createPoolKeys()
    const [published, id] = await Promise.all([keys.published(), keys.id()])
    expect(published.map(({ kid }) => kid)).toStrictEqual([id.kid, keys.access().kid])
    expect(keys.publishedSync()).toStrictEqual(published)
  })

  it('are the same for those who waited for the second when another could not wait', async () => {
    const keys = await createPoolKeys()
    const waiting = keys.id()
    const [first] = keys.publishedSync()
    expect((await waiting).kid).toBe(first?.kid)
    expect(keys.find(first?.kid)).toBe(await waiting)
  })

  it('are published as they were when they were asked for', async () => {
    const keys = await createPoolKeys()
    const before = keys.access().kid
    const asked = keys.published()
    await keys.rotate(false)
    expect((await asked).map(({ kid }) => kid)).toContain(before)
    expect((await keys.published()).map(({ kid }) => kid)).not.toContain(before)
  })

  it('stay published after a rotation, the one that nobody had asked for included', async () => {
    const keys = await createPoolKeys()
    await keys.rotate(true)
    expect(await keys.published()).toHaveLength(4)
  })
})
