import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, type RunningDemo, startDemo } from '../../../apps/nextjs-app/demo/start-demo.ts'
import { openBrowser } from '../../nestjs-e2e/test/support/browser.js'

const SCREENSHOTS = join(import.meta.dirname, '../.tokenward/screenshots')

let demo: RunningDemo
let browser: Browser | undefined
beforeAll(async () => {
  ;[demo, browser] = await Promise.all([startDemo(), openBrowser(), mkdir(SCREENSHOTS, { recursive: true })])
})
afterAll(async () => {
  await browser?.close()
  await demo.close()
})

const shoot = (page: Page, name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto(demo.url)
  await page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${demo.url}/dashboard`)
}

describe('the demo in Chromium', () => {
  it('takes a manager from the sign-in to her revocation', async (context) => {
    if (browser === undefined) return context.skip('no Chromium starts on this machine')
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' })).newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    await page.goto(demo.url)
    await shoot(page, '1-welcome')
    await signIn(page, 'ann')
    await shoot(page, '2-dashboard')
    await page.getByRole('button', { name: 'Cancel order 1042' }).click()
    await page.getByText('Order 1042 was cancelled').waitFor()
    await shoot(page, '3-cancelled')
    await page.waitForTimeout(2_000)
    await page.getByRole('button', { name: 'Revoke me' }).click()
    await page.getByRole('link', { name: 'Sign in again' }).waitFor()
    const answers = page.getByRole('region', { name: 'Revoke yourself' }).getByRole('listitem')
    expect(await answers.getByText(/Granted|Refused/).allTextContents()).toStrictEqual([
      '✓ Granted, 200',
      '✕ Refused, 401',
      '✕ Refused, 401',
    ])
    expect(await answers.nth(1).textContent()).toContain('The operator sees token-revoked')
    expect(await answers.nth(0).textContent()).toMatch(/\d+ ms after the revocation/)
    await shoot(page, '4-revoked')
    expect(problems).toStrictEqual([])
  })
})
