import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { onNode, testTimeout, workspace } from '../../vitest.config.ts'
import { filesExcludedOn } from './src/excluded.ts'

const runtime = process.versions['bun'] === undefined ? 'deno' : 'bun'

/** The tests of core on the runtime that runs vitest. Bun and Deno get what Node gets: they fulfil its condition. */
export default defineConfig({
  resolve: { alias: { ...workspace, ...onNode } },
  test: {
    name: `core on ${runtime}`,
    root: fileURLToPath(new URL('../core', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: [...filesExcludedOn(runtime)],
    env: { TOKENWARD_RUNTIME: runtime },
    setupFiles: [fileURLToPath(new URL('src/same-runtime.ts', import.meta.url))],
    // Each runtime lacks something of Node that the other way to start workers needs.
    pool: runtime === 'bun' ? 'threads' : 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 3 * testTimeout,
    // Deno takes up to seconds to make an RSA key, during which nothing else runs, and a deadline of a test may pass.
    retry: runtime === 'deno' ? 2 : 0,
  },
})
