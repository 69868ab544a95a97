import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/swagger.ts', 'src/testing.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'node',
  clean: true,
  dts: true,
  tsconfig: 'tsconfig.build.json',
  // CommonJS has no import.meta.
  shims: true,
  esbuildOptions(options, { format }) {
    // What is loaded on demand must be found under Jest, too, which has no import() in CommonJS.
    if (format === 'cjs') options.supported = { ...options.supported, 'dynamic-import': false }
  },
})
