import crypto from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'

it('importing the testkit starts no work: the first pool does', async () => {
  const generate = vi.spyOn(crypto, 'generateKeyPair')
  const timers = vi.spyOn(globalThis, 'setTimeout')
  syncBuiltinESMExports()
  onTestFinished(() => {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
    vi.resetModules()
  })
  vi.resetModules()
  const { fakeCognito } = await import('../src/index.js')
  expect([generate.mock.calls.length, timers.mock.calls.length]).toStrictEqual([0, 0])
  await fakeCognito()
  expect(generate).toHaveBeenCalled()
})

it('no private key is shipped', () => {
  const src = join(import.meta.dirname, '../src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(50)
  for (const name of files) {
    const text = readFileSync(join(src, name), 'utf8')
    expect(text, name).not.toMatch(/PRIVATE KEY-----\s*[A-Za-z0-9+/]{16}/)
    // As a JWK (RFC 7518 §6.3.2), or as DER in base64.
    expect(text, name).not.toMatch(/['"]?\bd\b['"]?: ?['"`][\w-]{40,}|[A-Za-z0-9+/_-]{200,}/)
  }
})
