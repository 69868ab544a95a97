import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'

/** A file that nobody has written to for so long is complete. */
const SETTLED_MS = 5_000

/**
 * A headless Chromium: the one that the npm package brings, or the Chrome of the machine, where that package has none for
 * it. `undefined` where neither starts; `npm test` says then which tests did not run, and fails where CI is true.
 */
export async function openBrowser(): Promise<Browser | undefined> {
  for (const launch of [launchPackaged, async () => driver.launch({ channel: 'chrome' })]) {
    const browser = await launch().catch(() => undefined)
    if (browser !== undefined) return browser
  }
  return undefined
}

/** The package unpacks itself to where all processes look for it, and another one may be at it right now. */
async function launchPackaged(): Promise<Browser> {
  const executablePath = await chromium.executablePath()
  for (;;) {
    try {
      return await driver.launch({ executablePath, args: chromium.args })
    } catch (error) {
      const { mtimeMs } = await stat(executablePath)
      if (Date.now() - mtimeMs > SETTLED_MS) throw error
      await pause(500)
    }
  }
}
