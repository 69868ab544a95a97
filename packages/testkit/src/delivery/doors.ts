import type { FakeKind } from '../endpoints/fake-server.js'

/** The doors of one fake that are open, and whether the fake is. */
export interface Doors {
  /** Aborted when the fake closes. */
  readonly closing: AbortSignal
  assertOpen(): void
  /** Opens a door and remembers to close it. */
  open<Door extends { close(): Promise<void> }>(door: () => Promise<Door>): Promise<Door>
  close(): Promise<void>
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
      opened.push(open)
      return open
    },
    async close() {
      closing.abort()
      await Promise.all(opened.splice(0).map((door) => door.close()))
    },
  }
}
