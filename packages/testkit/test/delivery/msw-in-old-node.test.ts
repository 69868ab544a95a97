import * as mswNode from 'msw/node'
import { expect, it, onTestFinished } from 'vitest'
import { fakeCognito } from '../../src/index.js'
import { mswHandlers } from '../../src/msw.js'

/** Runs what does not wait as in Node 20, as far as msw 3 is concerned. */
function inOldNode<Result>(run: () => Result): Result {
  const descriptor = Object.getOwnPropertyDescriptor(Promise, 'withResolvers') as PropertyDescriptor
  Reflect.deleteProperty(Promise, 'withResolvers')
  try {
    return run()
  } finally {
    Object.defineProperty(Promise, 'withResolvers', descriptor)
  }
}

// What a process of Node 20 does is shown by the project in consumers/runtimes.
it('msw 3 is refused where Node is too old for it, and msw 2 is not', async () => {
  const pool = await fakeCognito()
  onTestFinished(() => pool.close())
  const make = () => inOldNode(() => mswHandlers(pool))
  if ('SetupServerApi' in mswNode) expect(make()).toHaveLength(1)
  else {
    expect(make).toThrow(
      'mswHandlers cannot use msw 3, which does not support this version of Node; install msw 2 from 2.12 on, or use serve() or fetch of the fake, which need nothing',
    )
  }
  expect(mswHandlers(pool)).toHaveLength(1)
})
