import { describe, expect, it } from 'vitest'
import { decisionResource } from '../../src/resource-server/decision-resource.js'

const order = { type: 'Order', id: '7' } as const

function watched(attributes?: object | (() => unknown)) {
  const told: unknown[] = []
  const resource = decisionResource(
    { ...order, attributes: attributes as object },
    { onUnknown: () => told.push('unknown'), onFailure: (error) => told.push(error) },
  )
  return { resource, told }
}

describe('a resource that the decision point is given', () => {
  it('has no parents and no attributes unless it is told of some', async () => {
    const { resource } = watched()
    expect(resource).toMatchObject({ ...order, parents: [] })
    expect(await resource.attributes()).toStrictEqual({})
    expect(Object.isFrozen(resource)).toBe(true)
  })

  it('brings what was written out as it is', async () => {
    const attributes = { owner: 'u1' }
    expect(await watched(attributes).resource.attributes()).toBe(attributes)
  })

  it('is loaded when somebody asks, and once', async () => {
    let loads = 0
    const { resource, told } = watched(async () => ({ owner: 'u1', loads: ++loads }))
    expect(loads).toBe(0)
    expect(await Promise.all([resource.attributes(), resource.attributes()])).toStrictEqual(
      Array.from({ length: 2 }, () => ({ owner: 'u1', loads: 1 })),
    )
    expect(await resource.attributes()).toMatchObject({ loads: 1 })
    expect(told).toStrictEqual([])
  })

  it.each([undefined, null])('may turn out not to exist: %j', async (nothing) => {
    const { resource, told } = watched(() => nothing)
    await expect(resource.attributes()).rejects.toThrow('cannot be had')
    expect(told).toStrictEqual(['unknown'])
  })

  it('reports a loader that throws, once, and hides from others what it threw', async () => {
    const secret = new Error('password of the database')
    for (const load of [
      () => Promise.reject(secret),
      () => {
        throw secret
      },
    ]) {
      const { resource, told } = watched(load)
      for (let times = 0; times < 2; times++) {
        const error: unknown = await resource.attributes().catch((thrown: unknown) => thrown)
        expect(String(error)).not.toContain('password')
        expect(error).not.toHaveProperty('cause')
      }
      expect(told).toStrictEqual([secret])
    }
  })

  it.each(['text', 7, true, ['list']])('reports a loader that brings %j', async (loaded) => {
    const { resource, told } = watched(() => loaded)
    await expect(resource.attributes()).rejects.toThrow('cannot be had')
    expect(told).toMatchObject([{ option: 'policy.resource.attributes' }])
  })

  it('that cannot be loaded harms nobody who did not wait for it', async () => {
    const { resource, told } = watched(() => Promise.reject(new Error('no connection')))
    void resource.attributes()
    await new Promise((resolve) => void setImmediate(resolve))
    expect(told).toHaveLength(1)
  })
})
