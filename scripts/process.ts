import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

export const root: string = resolve(import.meta.dirname, '..')

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Shows the output as it comes. Default: it is collected. */
  readonly live?: boolean
}

export interface RunResult {
  readonly code: number
  readonly output: string
}

/** Runs a program to its end. A signal counts as a failure. */
export function run(
  command: string,
  args: readonly string[],
  { cwd = root, env, live = false }: RunOptions = {},
): Promise<RunResult> {
  return new Promise((finished, failed) => {
    const child = spawn(command, args, {
      cwd,
      stdio: live ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', failed)
    child.on('close', (code) => finished({ code: code ?? 1, output }))
  })
}

/** Seconds since an instant of `performance.now()`, for people. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`
}
