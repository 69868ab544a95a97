import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'

/**
 * A headless Chromium: the one that the npm package brings, or the Chrome of the machine, where that package has none for
 * it. `undefined` where neither starts; `npm test` says then which tests did not run, and fails where CI is true.
 */
export async function openBrowser(): Promise<Browser | undefined> {
  const launches = [
    async () => driver.launch({ executablePath: await chromium.executablePath(), args: chromium.args }),
    async () => driver.launch({ channel: 'chrome' }),
  ]
  for (const launch of launches) {
    const browser = await launch().catch(() => undefined)
    if (browser !== undefined) return browser
  }
  return undefined
}
