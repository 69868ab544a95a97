import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import axe from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { PASSWORD, type RunningDemo, startDemo } from '../../../apps/nextjs-app/demo/start-demo.ts'
import { openBrowser } from '../../nestjs-e2e/test/support/browser.js'

const SCREENSHOTS = join(import.meta.dirname, '../.tokenward/screenshots')

let demo: RunningDemo
beforeAll(async () => {
  ;[demo] = await Promise.all([startDemo(), mkdir(SCREENSHOTS, { recursive: true })])
})
afterAll(() => demo.close())

/** A browser of its own, since this one is a single process. The page must not have thrown when the test ends. */
async function open(context: TestContext, options: BrowserContextOptions): Promise<Page> {
  const browser = await openBrowser()
  if (browser === undefined) return context.skip('no Chromium starts on this machine')
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options })
  const thrown: string[] = []
  page.on('pageerror', (error) => thrown.push(error.message))
  onTestFinished(async () => {
    await browser.close()
    expect(thrown).toStrictEqual([])
  })
  return page
}

/** Takes a picture, and has the page looked through for what keeps people out (WCAG 2.2 AA). */
async function look(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
  await page.evaluate(axe.source)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await page.evaluate(
    (values) => (window as unknown as { axe: typeof axe }).axe.run({ runOnly: values }),
    tags,
  )
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`),
    name,
  ).toStrictEqual([])
}

async function signIn(page: Page, username: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await page.getByLabel('Username').fill(username)
  await look(page, `sign-in-${username}`)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${demo.url}/dashboard`)
}

describe('the demo in Chromium', () => {
  it('takes a manager from the sign-in to her revocation, and back', async (context) => {
    const page = await open(context, { colorScheme: 'light' })
    await page.goto(demo.url)
    await look(page, '1-welcome')
    await signIn(page, 'ann')
    const who = page.getByRole('region', { name: 'Who you are' })
    expect(await who.textContent()).toContain('managers')
    expect(await who.textContent()).toContain('local-validation')
    await look(page, '2-dashboard')

    const asked = demo.pool.getUser.hits
    await page.getByRole('button', { name: 'Cancel order 1042' }).click()
    await page.getByText('Order 1042 was cancelled').waitFor()
    expect(demo.pool.getUser.hits).toBe(asked + 1)
    await look(page, '3-cancelled')

    // What is said of a token in its first second is no last word.
    await page.waitForTimeout(2_000)
    await page.getByRole('button', { name: 'Revoke me' }).click()
    await page.getByRole('link', { name: 'Sign in again' }).waitFor()
    const answers = page.getByRole('region', { name: 'Revoke yourself' }).getByRole('listitem')
    expect(await answers.getByText(/Granted|Refused/).allTextContents()).toStrictEqual([
      '✓ Granted, 200',
      '✕ Refused, 401',
      '✕ Refused, 401',
    ])
    for (const answer of await answers.all()) expect(await answer.textContent()).toMatch(/\d+ ms after the revocation/)
    expect(await answers.nth(0).textContent()).toMatch(/good as of \d+\.\d s before/)
    for (const index of [1, 2]) {
      expect(await answers.nth(index).textContent()).toContain('The operator sees token-revoked')
    }
    await look(page, '4-revoked')

    await page.getByRole('link', { name: 'Sign in again' }).click()
    await page.waitForURL(`${demo.url}/dashboard`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${demo.url}/`)
    expect(await page.getByRole('link', { name: 'Sign in', exact: true }).isVisible()).toBe(true)
  })

  it('shows a user who is no manager that orders stay, and keeps tokens from scripts', async (context) => {
    const page = await open(context, { colorScheme: 'dark' })
    await page.goto(demo.url)
    await look(page, '5-welcome-dark')
    await signIn(page, 'ben')
    await page.getByRole('button', { name: 'Cancel order 1043' }).click()
    await page.getByText('Order 1043 was not cancelled').waitFor()
    expect(await page.getByRole('row', { name: /1043/ }).textContent()).toContain('open')
    await look(page, '6-refused-dark')

    // No script of a page can read the tokens.
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const cookies = await page.context().cookies(demo.url)
    const session = cookies.filter(({ name }) => name.endsWith('-token'))
    expect(session.map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toStrictEqual([
      [true, 'Lax'],
      [true, 'Lax'],
    ])
    const storage = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.body.innerHTML]))
    for (const { value } of session) expect(storage).not.toContain(value)
  })

  it('can be used with a keyboard alone, on a small screen', async (context) => {
    const page = await open(context, { viewport: { width: 390, height: 800 }, colorScheme: 'dark' })
    await page.goto(demo.url)
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Sign in')
    await page.keyboard.press('Enter')
    await page.getByLabel('Username').waitFor()
    await page.keyboard.type('ann')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${demo.url}/dashboard`)
    for (let presses = 0; presses < 20 && (await focused()) !== 'Revoke me'; presses += 1) {
      await page.keyboard.press('Tab')
    }
    await look(page, '7-small-dark')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Sign in again' }).waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    await look(page, '8-small-revoked-dark')

    // Who was revoked can leave as well.
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(`${demo.url}/`)
    expect((await page.context().cookies(demo.url)).map(({ name }) => name)).not.toContain('access-token')
  })
})
