import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { clientsOf } from '../../../apps/nestjs-api/src/walkthrough/clients.js'
import { policyChapters } from '../../../apps/nestjs-api/src/walkthrough/policy-chapters.js'
import { keyChapters, routeChapters } from '../../../apps/nestjs-api/src/walkthrough/route-chapters.js'
import { startDemo } from '../../../apps/nestjs-api/src/walkthrough/running-demo.js'
import { runStep } from '../../../apps/nestjs-api/src/walkthrough/step.js'
import { tokenChapters } from '../../../apps/nestjs-api/src/walkthrough/token-chapters.js'
import { main } from '../../cedar/src/cli/main.js'
import { openBrowser } from './support/browser.js'

let demo: Awaited<ReturnType<typeof startDemo>>
beforeAll(async () => {
  demo = await startDemo()
})
afterAll(() => demo.close())

describe('the document of the demo', () => {
  it('has the right scheme and scopes on every operation', async () => {
    const response = await fetch(`${demo.apiUrl}/docs-json`)
    const text = (await response.text()).replaceAll(demo.cognitoUrl, 'https://auth.example')
    expect(JSON.parse(text)).toMatchSnapshot()
  })
})

describe('the page of the demo', () => {
  it('calls a protected route in Chromium, with a token that was pasted in', async (context) => {
    const browser = await openBrowser()
    if (browser === undefined) return context.skip('no Chromium starts on this machine')
    onTestFinished(() => browser.close())
    const page = await browser.newPage({ viewport: { width: 1200, height: 1500 } })
    await page.goto(`${demo.apiUrl}/docs`)
    const operation = page.locator('.opblock', { has: page.locator('[data-path="/orders"]') }).first()

    await operation.click()
    await operation.getByRole('button', { name: 'Try it out' }).click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    const status = operation.locator('.live-responses-table .response .response-col_status').first()
    await expect.poll(() => status.textContent()).toContain('401')

    await page.getByRole('button', { name: 'Authorize' }).first().click()
    const bearer = page.locator('.auth-container', { hasText: 'token (http, Bearer)' })
    await bearer.locator('input').fill(await demo.pool.accessToken({ scopes: ['orders/read'] }))
    await bearer.getByRole('button', { name: 'Apply credentials' }).click()
    await page.getByRole('button', { name: 'Close' }).first().click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    await expect.poll(() => status.textContent()).toContain('200')
    expect(await operation.locator('.live-responses-table .highlight-code').first().textContent()).toContain(
      'Coffee beans',
    )

    const folder = join(import.meta.dirname, '../.tokenward')
    await mkdir(folder, { recursive: true })
    await page.screenshot({ path: join(folder, 'swagger.png') })
  })
})

it('the policies of the demo make the decisions that are written beside them', async () => {
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  const folder = join(import.meta.dirname, '../../../apps/nestjs-api/cedar')
  const exit = await main(['check', '--folder', folder], { out: write, err: write, ask: async () => undefined })
  expect([exit, ...lines]).toStrictEqual([0, '3 policies fit the schema', '4 of 4 decisions as expected'])
})

describe('the walk-through', () => {
  it('gets every answer it expects, and would notice another', async () => {
    const clients = clientsOf(demo.apiUrl)
    demo.takeReason()
    const chapters = [tokenChapters, policyChapters, routeChapters, keyChapters].flatMap((make) =>
      make(demo.pool, clients),
    )
    for (const { prepare, steps } of chapters) {
      await prepare?.()
      for (const step of steps) {
        expect((await runStep(step, demo.takeReason)).differences, `${step.what}, ${step.tokenLabel}`).toStrictEqual([])
      }
    }
    const wrong = clients.call('GET /me', 'no token', undefined, { status: 200, because: 'it is not' })
    const { differences } = await runStep(wrong, demo.takeReason)
    expect(differences).toContain('status: expected 200, got 401')
  })
})
