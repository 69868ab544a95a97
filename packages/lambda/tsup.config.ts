import { defineConfig, type Options } from 'tsup'

const common: Options = {
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
}

export default defineConfig([
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      testing: 'src/testing.ts',
      wiring: 'src/wiring/index.ts',
      cdk: 'src/wiring/cdk.ts',
    },
    clean: true,
    dts: true,
  },
  {
    // One file with core in it: a function without a bundler of its own then reads one file when it starts.
    ...common,
    entry: { standalone: 'src/index.ts' },
    noExternal: [/^@tokenward\/core/],
    minify: true,
  },
])
