/** What of msw's internals tells who listens. Every part of it may be missing in some version. */
interface MswNode {
  /** Since 2.13: what all servers of a process hear requests through. */
  readonly defaultNetworkOptions?: { readonly sources?: readonly { readonly emitter?: Emitter }[] }
}

interface Emitter {
  listeners?(type: 'frame'): readonly unknown[]
}

/** Those who listen through msw in this process, each by something that is its own. */
export function mswListeners(node: object): readonly unknown[] {
  const sources = (node as MswNode).defaultNetworkOptions?.sources
  if (sources !== undefined) return sources.flatMap(({ emitter }) => emitter?.listeners?.('frame') ?? [])
  // Before, a server left a symbol in the global object as long as it listened.
  return Object.getOwnPropertySymbols(globalThis).filter(({ description }) => description === 'setup-server')
}

/** What msw 3 cannot do without, and Node has from 22 on: it would lose the requests, or let them through to the internet. */
export function refuseOldNode(who: string, msw: object): void {
  // Of the two only msw 2 has GraphQL in its main entry.
  if ('graphql' in msw || 'withResolvers' in Promise) return
  throw new Error(
    `${who} cannot use msw 3, which does not support this version of Node; install msw 2 from 2.12 on, or use serve() or fetch of the fake, which need nothing`,
  )
}
