import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'node',
  clean: true,
  dts: true,
  tsconfig: 'tsconfig.build.json',
})
