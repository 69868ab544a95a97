import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** An application that `next build` has built, started by `next start` in a process of its own. */
export interface NextProcess {
  /** Its origin. */
  readonly url: string
  /** Everything it has printed so far. */
  output(): string
  /** Tells it something, and waits until it has taken it. */
  tell(message: object): Promise<void>
  close(): Promise<void>
}

/** A start that takes this long has failed. */
const START_MS = 60_000

/** Starts the application in a folder, on a port of its own unless it is told one. */
export async function startNext(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<NextProcess> {
  const next = join(createRequire(join(folder, 'next.config.ts')).resolve('next/package.json'), '../dist/bin/next')
  const child = spawn(process.execPath, [next, 'start', '--port', String(port), '--hostname', '127.0.0.1'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const url = await addressIn(child, () => output)
  return {
    url,
    output: () => output,
    tell: (message) =>
      new Promise((resolve) => {
        const listen = (answer: { readonly done?: boolean }) => {
          if (answer.done !== true) return
          child.off('message', listen)
          resolve()
        }
        child.on('message', listen)
        child.send(message)
      }),
    close: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve()
        child.once('exit', () => resolve())
        child.kill()
      }),
  }
}

function addressIn(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.kill()
      reject(new Error(`next start ${why}:\n${output()}`))
    }
    const timer = setTimeout(() => fail('took too long'), START_MS)
    const look = () => {
      const address = /Local:\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(output())?.[1]
      if (address === undefined || !output().includes('Ready in')) return
      clearTimeout(timer)
      resolve(address)
    }
    child.stdout?.on('data', look)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with ${code}`)
    })
  })
}
