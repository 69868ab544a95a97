import { defineConfig } from 'vitest/config'

const at = (path: string) => new URL(`../packages/${path}`, import.meta.url).pathname

/** Core's tests alone, as StrykerJS runs them again and again. */
export default defineConfig({
  resolve: {
    alias: {
      '@tokenward/testkit': at('testkit/src/index.ts'),
      '#signature': at('core/src/keys/signature.node.ts'),
      '#http-client': at('core/src/transport/http-client.node.ts'),
    },
  },
  test: {
    root: at('core'),
    include: ['test/**/*.test.ts'],
    // Floods and simulated schedules cover nearly every line, for half a minute each; `--rules` has mutations for them.
    exclude: ['test/strategy/lag-promise.test.ts', 'test/resource-server/flood.test.ts'],
    // Two run at once beside the mutants themselves.
    testTimeout: 20_000,
  },
})
