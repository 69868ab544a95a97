import type { PublicServer } from '../endpoints/fake-server.js'

/** What other entries need of a fake, and its users do not. */
export interface FakeInternals {
  readonly server: PublicServer
  /** Aborted when the fake closes. */
  readonly closing: AbortSignal
}

/** Shared by every copy of this module in a process: a fake is known across module formats and versions. */
const INTERNALS = Symbol.for('@tokenward/testkit.internals')

export function withInternals<Fake extends object>(fake: Fake, internals: FakeInternals): Fake {
  return Object.defineProperty(fake, INTERNALS, { value: internals })
}

/** `undefined` for what is no fake. */
export function internalsOf(fake: unknown): FakeInternals | undefined {
  if (typeof fake !== 'object' || fake === null) return undefined
  return (fake as { readonly [INTERNALS]?: FakeInternals })[INTERNALS]
}
