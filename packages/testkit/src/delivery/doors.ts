import type { FakeKind } from '../endpoints/fake-server.js'
import { type Closeable, closeable } from './closeable.js'

/** The doors of one fake that are open, and whether the fake is. */
export interface Doors extends Closeable {
  /** Aborted when the fake closes. */
  readonly closing: AbortSignal
  assertOpen(): void
  /** Opens a door and remembers to close it. */
  open<Door extends { close(): Promise<void> }>(door: () => Promise<Door>): Promise<Door>
}

export function openDoors({ maker, noun }: FakeKind): Doors {
  const opened: { close(): Promise<void> }[] = []
  const closing = new AbortController()

  function assertOpen(): void {
    if (closing.signal.aborted) throw new Error(`${maker}: the ${noun} was closed; make a new one`)
  }

  return {
    closing: closing.signal,
    assertOpen,
    async open(door) {
      assertOpen()
      const open = await door()
      if (closing.signal.aborted) {
        // The fake closed while the door was opening: nobody would close it any more.
        await open.close()
        assertOpen()
      }
      opened.push(open)
      return open
    },
    ...closeable(async () => {
      closing.abort()
      await Promise.all(opened.splice(0).map((door) => door.close()))
    }),
  }
}
