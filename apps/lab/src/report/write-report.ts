import { readFile, writeFile } from 'node:fs/promises'
import { withSection } from './markdown-section.ts'
import { page } from './page.ts'
import type { LabResults } from './results.ts'

const at = (path: string) => new URL(`../../${path}`, import.meta.url)
const README = new URL('../../README.md', at('.'))

/** Writes the results beside the lab, as data and as a page, and into the README of the repository. */
export async function writeReport(results: LabResults): Promise<void> {
  await writeFile(at('results.json'), `${JSON.stringify(results, undefined, 2)}\n`)
  await writeFile(at('results.html'), page(results))
  await writeFile(README, withSection(await readFile(README, 'utf8'), results))
}
