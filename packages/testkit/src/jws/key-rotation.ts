import { type Duration, milliseconds } from '../duration.js'
import type { FakeClock } from '../fake-clock.js'
import { refuseUnknown } from '../known-names.js'

/** How keys are rotated. */
export interface RotateKeysOptions {
  /** Whether the old keys stay published once the new ones are. Default `true`. */
  readonly keepOld?: boolean
  /**
   * How long the new keys sign before they are published, on the clock of the fake; none may be negative. Until then the
   * old keys stay published, whatever `keepOld` says, and tokens name a key that nobody can look up. Default: at once.
   */
  readonly announceAfter?: Duration
}

/** The keys a fake signs with, and those it signed with before; newest first. */
export interface KeyRotation<Keys> {
  current(): Keys
  /** What is published now. */
  published(): readonly Keys[]
  /** What the fake itself accepts: what is published, and what will be. */
  accepted(): readonly Keys[]
  /** Signs with other keys from now on. */
  rotate(next: Keys, how: Rotation): void
}

/** {@link RotateKeysOptions}, checked; the delay in milliseconds. */
export interface Rotation {
  readonly keepOld: boolean
  readonly delay: number | undefined
}

interface Generation<Keys> {
  readonly keys: Keys
  readonly announcedAt: number
  readonly withdrawnAt: number
}

const ALWAYS = Number.NEGATIVE_INFINITY
const NEVER = Number.POSITIVE_INFINITY

export function createKeyRotation<Keys>(first: Keys, clock: FakeClock): KeyRotation<Keys> {
  let current = first
  let generations: readonly Generation<Keys>[] = [{ keys: first, announcedAt: ALWAYS, withdrawnAt: NEVER }]

  function accepted(): readonly Generation<Keys>[] {
    const now = clock.now()
    return generations.filter(({ withdrawnAt }) => withdrawnAt > now)
  }

  return {
    current: () => current,
    published: () => {
      const now = clock.now()
      return keysOf(accepted().filter(({ announcedAt }) => announcedAt <= now))
    },
    accepted: () => keysOf(accepted()),
    rotate(next, { keepOld, delay }) {
      // What happens at once is not undone by a clock that moves back.
      const at = delay === undefined ? ALWAYS : clock.now() + delay
      const old = keepOld ? generations : withdrawn(generations, at)
      generations = [{ keys: next, announcedAt: at, withdrawnAt: NEVER }, ...old]
      current = next
    },
  }
}

/** Read before anything is made. */
export function readRotation(maker: string, how: RotateKeysOptions): Rotation {
  refuseUnknown(maker, 'rotateKeys', how, ['keepOld', 'announceAfter'])
  const { keepOld = true, announceAfter } = how
  if (typeof keepOld !== 'boolean') throw new TypeError(`${maker}: rotateKeys takes keepOld as true or false`)
  const delay = announceAfter === undefined ? undefined : milliseconds(maker, 'announceAfter', announceAfter)
  if (delay !== undefined && delay < 0) {
    throw new TypeError(`${maker}: rotateKeys takes an announceAfter of zero or more: keys cannot have been announced`)
  }
  return { keepOld, delay }
}

function withdrawn<Keys>(generations: readonly Generation<Keys>[], at: number): readonly Generation<Keys>[] {
  return generations
    .map((generation) => ({ ...generation, withdrawnAt: Math.min(generation.withdrawnAt, at) }))
    .filter(({ withdrawnAt }) => withdrawnAt > ALWAYS)
}

function keysOf<Keys>(generations: readonly Generation<Keys>[]): readonly Keys[] {
  return generations.map(({ keys }) => keys)
}
