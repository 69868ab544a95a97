import { conformance, type ConformanceApp, type RunningApp } from '@tokenward/testkit/conformance'
import { afterAll, describe, it } from 'vitest'
import { describeTo, startFixture } from './support/fixture.js'
import type { NextProcess } from '../../../apps/nextjs-app/demo/next-process.ts'

/** Starting Next.js takes seconds, and telling it what to be takes none: a process serves one app after another. */
const idle: NextProcess[] = []
const all: NextProcess[] = []
afterAll(() => Promise.all(all.map((each) => each.close())))

async function start(app: ConformanceApp): Promise<RunningApp> {
  const running = idle.pop() ?? (await startFixture())
  if (!all.includes(running)) all.push(running)
  await describeTo(running, app)
  return {
    url: running.url,
    advance: (milliseconds) => running.tell({ advance: milliseconds }),
    close: () => void idle.push(running),
  }
}

conformance({
  name: 'Next.js, built and started',
  start,
  capabilities: ['step-up'],
  cannotExpress: {
    'two-authorization-headers':
      'Node keeps the first of two, and Next.js shows route handlers nothing else; API routes of the Pages Router see both',
  },
}).register({ describe, it, afterAll })
