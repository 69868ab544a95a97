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
  test: { root: at('core'), include: ['test/**/*.test.ts'] },
})
