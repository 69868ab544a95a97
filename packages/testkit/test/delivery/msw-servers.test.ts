import * as msw from 'msw'
import { setupServer } from 'msw/node'
import { expect, it, onTestFinished } from 'vitest'
import { mswListeners } from '../../src/delivery/msw-servers.js'
import { fakeCognito } from '../../src/index.js'

it('nobody listens by what other versions of msw may look like', () => {
  for (const node of [{}, { defaultNetworkOptions: {} }, { defaultNetworkOptions: { sources: [{}] } }]) {
    expect(mswListeners(node)).toStrictEqual([])
  }
})

it('a server that begins to listen later takes the addresses for itself, and nothing of msw stays in the end', async () => {
  const before = globalThis.fetch
  const project = setupServer(msw.http.all('*', () => msw.HttpResponse.text('of the project')))
  const pool = await fakeCognito()
  onTestFinished(() => pool.close())
  await pool.listen()
  expect((await fetch(pool.jwks.url)).status).toBe(200)
  project.listen()
  expect(await (await fetch(pool.jwks.url)).text()).toBe('of the project')
  await pool.close()
  expect(await (await fetch(pool.jwks.url)).text()).toBe('of the project')
  project.close()
  expect(pool.jwks.hits).toBe(1)
  expect(globalThis.fetch).toBe(before)
})
