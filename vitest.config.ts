import { defineConfig } from 'vitest/config'

const at = (path: string) => new URL(path, import.meta.url).pathname

/** Tests run on the sources: no build is needed, and stack traces point at what is edited. */
export const workspace = {
  '@tokenward/cedar/verified-permissions': at('packages/cedar/src/verified-permissions/index.ts'),
  '@tokenward/cedar': at('packages/cedar/src/index.ts'),
  '@tokenward/core/aws': at('packages/core/src/requests/aws.ts'),
  '@tokenward/core/cognito': at('packages/core/src/cognito/index.ts'),
  '@tokenward/core/errors': at('packages/core/src/errors.ts'),
  '@tokenward/core/node': at('packages/core/src/requests/node.ts'),
  '@tokenward/core/testing': at('packages/core/src/testing/index.ts'),
  '@tokenward/core': at('packages/core/src/index.ts'),
  '@tokenward/lambda/testing': at('packages/lambda/src/testing.ts'),
  '@tokenward/lambda/wiring/cdk': at('packages/lambda/src/wiring/cdk.ts'),
  '@tokenward/lambda/wiring': at('packages/lambda/src/wiring/index.ts'),
  '@tokenward/lambda': at('packages/lambda/src/index.ts'),
  '@tokenward/nestjs/swagger': at('packages/nestjs/src/swagger.ts'),
  '@tokenward/nestjs/testing': at('packages/nestjs/src/testing.ts'),
  '@tokenward/nestjs': at('packages/nestjs/src/index.ts'),
  '@tokenward/nextjs/proxy': at('packages/nextjs/src/proxy.ts'),
  '@tokenward/nextjs/testing': at('packages/nextjs/src/testing.ts'),
  '@tokenward/nextjs': at('packages/nextjs/src/index.ts'),
  '@tokenward/trpc/client': at('packages/trpc/src/client.ts'),
  '@tokenward/trpc/testing': at('packages/trpc/src/testing.ts'),
  '@tokenward/trpc': at('packages/trpc/src/index.ts'),
  '@tokenward/testkit/jest': at('packages/testkit/src/jest.ts'),
  '@tokenward/testkit/msw': at('packages/testkit/src/msw.ts'),
  '@tokenward/testkit/node-test': at('packages/testkit/src/node-test.ts'),
  '@tokenward/testkit/vitest': at('packages/testkit/src/vitest.ts'),
  '@tokenward/testkit/conformance': at('packages/testkit/src/conformance/index.ts'),
  '@tokenward/testkit/verified-permissions': at('packages/testkit/src/verified-permissions/index.ts'),
  '@tokenward/testkit': at('packages/testkit/src/index.ts'),
}
export const onNode = {
  '#signature': at('packages/core/src/keys/signature.node.ts'),
  '#http-client': at('packages/core/src/transport/http-client.node.ts'),
}
const onEdge = {
  '#signature': at('packages/core/src/keys/signature.webcrypto.ts'),
  '#http-client': at('packages/core/src/transport/http-client.fetch.ts'),
}
/** A test that takes this long hangs; less would fail on a busy machine. */
export const testTimeout = 60_000
/** What is polled for comes in a moment, or on a busy machine in a few. */
const patient = { testTimeout, expect: { poll: { timeout: 10_000 } } }
/** Files of one worker share its modules, which would take a third of the time to load again for each. */
const shared = { isolate: false, ...patient }
const decorators = { decorator: { legacy: true, emitDecoratorMetadata: true } }

export default defineConfig({
  test: {
    // One less than the cores, which is the default, would leave a machine with two of them half idle.
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias: { ...workspace, ...onNode } },
        test: { ...shared, name: 'core', root: at('packages/core'), include: ['test/**/*.test.ts'] },
      },
      {
        // The same tests on what edge runtimes get: WebCrypto and fetch.
        resolve: { alias: { ...workspace, ...onEdge } },
        test: {
          ...shared,
          name: 'core on WebCrypto and fetch',
          root: at('packages/core'),
          include: ['test/**/*.test.ts'],
          // Simulated time has no place for what the platform does at its own pace; a flood is counted once, and so are
          // the mistakes a suite must notice.
          exclude: [
            'test/**/*.node.test.ts',
            'test/strategy/lag-promise.test.ts',
            'test/resource-server/flood.test.ts',
            'test/conformance/broken-adapters.test.ts',
          ],
        },
      },
      {
        test: { ...patient, name: 'testkit', root: at('packages/testkit'), include: ['test/**/*.test.ts'] },
      },
      {
        resolve: { alias: { 'msw/node': 'msw-2/node', msw: 'msw-2' } },
        test: {
          ...patient,
          name: 'testkit on msw 2',
          root: at('packages/testkit'),
          include: [
            'test/delivery/{listen,listen-beside-msw-server,msw-handlers,msw-in-old-node,side-by-side,faults}.test.ts',
          ],
        },
      },
      {
        resolve: { alias: { ...workspace, ...onNode } },
        test: { ...shared, name: 'trpc', root: at('packages/trpc'), include: ['test/**/*.test.ts'] },
      },
      {
        resolve: { alias: { ...workspace, ...onNode } },
        oxc: decorators,
        test: { ...shared, name: 'nestjs', root: at('packages/nestjs'), include: ['test/**/*.test.ts'] },
      },
      {
        resolve: { alias: { ...workspace, ...onNode } },
        oxc: decorators,
        test: { ...shared, name: 'nestjs e2e', root: at('packages/nestjs-e2e'), include: ['test/**/*.test.ts'] },
      },
      {
        resolve: { alias: { ...workspace, ...onNode } },
        test: { ...shared, name: 'lambda', root: at('packages/lambda'), include: ['test/**/*.test.ts'] },
      },
      {
        resolve: { alias: { ...workspace, ...onNode } },
        test: { ...patient, name: 'cedar', root: at('packages/cedar'), include: ['test/**/*.test.ts'] },
      },
      {
        resolve: { alias: { ...workspace, ...onNode } },
        test: { ...patient, name: 'nextjs', root: at('packages/nextjs'), include: ['test/**/*.test.ts'] },
      },
      {
        resolve: { alias: { ...workspace, ...onNode } },
        test: {
          ...patient,
          name: 'nextjs built',
          root: at('packages/nextjs-e2e'),
          include: ['test/**/*.test.ts'],
          globalSetup: [at('packages/nextjs-e2e/test/support/build.ts')],
        },
      },
      {
        resolve: { alias: { ...workspace, ...onNode } },
        oxc: decorators,
        test: { ...patient, name: 'repository', root: at('.'), include: ['test/**/*.test.ts'] },
      },
    ],
  },
})
