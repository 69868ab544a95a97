import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process of its own that answers one message at a time. */
export interface Child {
  ask<Answer>(message: object): Promise<Answer>
  stop(): Promise<void>
}

interface Options {
  readonly args?: readonly string[]
  readonly execArgv?: readonly string[]
  /**
   * Whether it takes modules as an earlier process has compiled them, types taken away. Half of the start of a process
   * that has a dozen modules; writing down a thousand takes longer than compiling them. Default false.
   */
  readonly sharesCode?: boolean
}

const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/compiled/', import.meta.url))

/** Starts a module beside the caller's. It speaks first, once it is ready. */
export async function startChild<Ready>(
  module: URL,
  { args = [], execArgv = [], sharesCode = false }: Options = {},
): Promise<Child & { readonly ready: Ready }> {
  const child = fork(fileURLToPath(module), [...args], {
    // What peers warn of is theirs to say, and not part of the table.
    execArgv: ['--no-warnings', ...execArgv],
    env: sharesCode ? { ...process.env, NODE_COMPILE_CACHE: COMPILED } : process.env,
  })
  const ready = await nextMessage<Ready>(child)
  return {
    ready,
    ask(message) {
      const answer = nextMessage<never>(child)
      child.send(message)
      return answer
    },
    stop() {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.disconnect()
      return ended
    },
  }
}

function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`A measured process ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Message)
    })
  })
}
