import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/proxy.ts', 'src/testing.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  // Next.js cuts code for edge runtimes by module: entries share what they have in common.
  splitting: true,
  external: [/^next\//, /^node:/],
  clean: true,
  dts: true,
  tsconfig: 'tsconfig.build.json',
})
