import { defineConfig } from 'tsup'

const common = {
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
} as const

export default defineConfig([
  { ...common, entry: ['src/index.ts'], clean: true, dts: true },
  {
    // One file with core in it: a function without a bundler of its own then reads one file when it starts.
    ...common,
    entry: { standalone: 'src/index.ts' },
    noExternal: [/^@tokenward\/core/],
    minify: true,
  },
])
