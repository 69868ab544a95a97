import { fileURLToPath } from 'node:url'

const core = (pattern) => `packages/core/src/${pattern}`

/** Mutates the floors that decide. Run from the root of the repository. */
export default {
  plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner'))],
  testRunner: 'vitest',
  vitest: { configFile: 'mutation/vitest.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  mutate: [
    core('vocabulary/{json-object,base64url,scope,confirmation,issuer-identifier}.ts'),
    core('keys/{json-web-key,key-set,jwks-source,discovery,jwks-document,static-jwks}.ts'),
    core('tokens/*.ts'),
    core('issuers/{jwt-profiles,issuer-registry}.ts'),
    core('cognito/cognito-claims.ts'),
    core('strategy/*.ts'),
    core('resource-server/*.ts'),
  ],
  ignorePatterns: ['dist', '/apps', '/consumers', '/docs', '.tokenward', '.turbo'],
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: '.tokenward/mutation.json' },
  tempDirName: '.tokenward/stryker',
  thresholds: { high: 95, low: 90, break: 90 },
}
