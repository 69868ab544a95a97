import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const command = join(import.meta.dirname, '../node_modules/.bin/tokenward-cedar')
const run = (...args) => promisify(execFile)(command, args)

test('the command makes policies and checks them', async (t) => {
  const folder = await mkdtemp(join(import.meta.dirname, 'cedar-'))
  t.after(() => rm(folder, { recursive: true }))
  const description = {
    namespace: 'Shop',
    resourceServers: { orders: ['read'] },
    routes: [{ action: 'list', scopes: ['orders/read'] }],
  }
  await writeFile(join(folder, 'api.json'), JSON.stringify(description))
  await run('generate', join(folder, 'api.json'), '--folder', folder)
  assert.match(await readFile(join(folder, 'policies/scopes.cedar'), 'utf8'), /contains\("orders\/read"\)/)
  assert.match((await run('check', '--folder', folder)).stdout, /^1 policies fit the schema/)

  await writeFile(join(folder, 'policies/wrong.cedar'), 'permit(principal, action, resource')
  const { code, stderr } = await run('check', '--folder', folder).catch((error) => error)
  assert.equal(code, 2)
  assert.match(stderr, /wrong\.cedar:1:\d+/)
})
