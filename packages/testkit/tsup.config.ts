import { defineConfig, type Options } from 'tsup'

// Names `Symbol.asyncDispose` for consumers whose own settings do not.
const dts = { banner: '/// <reference lib="esnext.disposable" />' }

const entry = { index: 'src/index.ts', conformance: 'src/conformance/index.ts' }
const shared: Options = { entry, target: 'es2022', platform: 'node', dts }

export default defineConfig([
  { ...shared, format: 'esm', clean: true },
  {
    ...shared,
    format: 'cjs',
    // `import()` becomes `require()`: Jest in CommonJS has no dynamic import.
    esbuildOptions(options) {
      options.supported = { 'dynamic-import': false }
    },
  },
])
