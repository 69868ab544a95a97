import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../../../..')

/** Builds the applications under test, where they are not as they should be. */
export default async function build(): Promise<void> {
  const turbo = join(root, 'node_modules/.bin/turbo')
  const env = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
  } as const
  await promisify(execFile)(turbo, ['run', 'build:app', '--output-logs=errors-only'], { cwd: root, env })
}
