import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ConformanceApp } from '@tokenward/testkit/conformance'
import { type NextProcess, startNext } from '../../../../apps/nextjs-app/demo/next-process.ts'

export const fixture = join(import.meta.dirname, '../../fixture')

/** Starts the fixture as it was built. */
export const startFixture = (): Promise<NextProcess> => startNext(fixture)

/** Starts it from a copy of what was built in which there is no proxy. */
export async function startFixtureWithoutProxy(): Promise<NextProcess> {
  const copy = join(fixture, '.next-without-proxy')
  await rm(copy, { recursive: true, force: true })
  await cp(join(fixture, '.next'), copy, { recursive: true, filter: (path) => !path.endsWith('.next/cache') })
  const manifest = join(copy, 'server/functions-config-manifest.json')
  const { functions, ...others } = JSON.parse(await readFile(manifest, 'utf8'))
  if (functions['/_middleware'] === undefined) throw new Error('what was built has no proxy that could be removed')
  const kept = Object.fromEntries(Object.entries(functions).filter(([name]) => name !== '/_middleware'))
  await writeFile(manifest, JSON.stringify({ ...others, functions: kept }))
  return startNext(fixture, { FIXTURE_BUILD: '.next-without-proxy' })
}

/** Has a process answer as it is described. */
export async function describeTo(running: NextProcess, { clock, ...description }: ConformanceApp): Promise<void> {
  await running.tell({ describe: description, ahead: Math.round(clock.now() - Date.now()) })
}
