import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { setupFiles: ['src/setup.ts'], include: ['src/**/*.test.ts'] } })
