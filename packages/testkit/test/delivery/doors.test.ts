import { expect, it } from 'vitest'
import { openDoors } from '../../src/delivery/doors.js'

const kind = { maker: 'fakeCognito', noun: 'pool' }

function door() {
  let closed = 0
  return {
    get closed() {
      return closed
    },
    close: async () => void (closed += 1),
  }
}

it('a door that opens while its fake closes is shut again, and nobody gets it', async () => {
  const doors = openDoors(kind)
  const late = door()
  let opened = () => {}
  const opening = doors.open(() => new Promise<typeof late>((resolve) => (opened = () => resolve(late))))
  await doors.close()
  opened()
  await expect(opening).rejects.toThrow('fakeCognito: the pool was closed; make a new one')
  expect(late.closed).toBe(1)
})

it('doors are shut once, however often the fake is closed', async () => {
  const doors = openDoors(kind)
  const open = await doors.open(async () => door())
  await doors.close()
  await doors.close()
  expect(open.closed).toBe(1)
  await expect(doors.open(async () => door())).rejects.toThrow('the pool was closed')
})

it('a block with `using` shuts them, and does not wait', async () => {
  const open = door()
  {
    using doors = openDoors(kind)
    await doors.open(async () => open)
    expect(open.closed).toBe(0)
  }
  expect(open.closed).toBe(1)
})
