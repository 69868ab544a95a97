import type { Emit } from '../outcomes/events.js'
import type { ListedEntry, RevocationIssuer } from './deny-rule.js'
import type { RevocationEntry } from './revocation-entry.js'

/**
 * What is known to be revoked. The port that a shared list implements with a copy in this process: looking up is
 * immediate, adding takes as long as storing does.
 */
export interface RevocationList {
  /**
   * Stores entries, and resolves when they are stored. From then on every look-up sees them.
   *
   * @throws {@link RevocationError} when one is malformed, and then none is stored; or when the list is full.
   */
  add(entries: RevocationEntry | readonly RevocationEntry[]): Promise<void>
  /** The entry of a kind and name, `''` for an issuer itself. It may have ended; the server knows when. */
  find(issuer: string, kind: RevocationEntry['kind'], name: string): ListedEntry | undefined
  /** How far the feeds of an issuer identifier have been followed that are declared complete. */
  progressOf(issuer: string): readonly FeedProgress[]
  /** Tells of entries as they arrive. Returns what ends it. */
  subscribe(listener: (entry: RevocationEntry) => void): () => void
  /** Called by every server that uses the list. Returns what ends the connection; what it said of its issuers stays. */
  connect(server: RevocationListContext): () => void
}

/** What a list learns from a server. */
export interface RevocationListContext {
  /** Its issuers, so that entries can end. */
  readonly issuers: readonly RevocationIssuer[]
  /** Where to report what happens to the list. */
  readonly emit: Emit
}

/** What names a token in the entries of a feed: `jti`, its login (`origin_jti` or `sid`), `sub` or `client_id`. */
export type RevocationKey = 'jti' | 'login' | 'sub' | 'client_id'

/** How far one complete feed has been followed. Instants in milliseconds since the epoch. */
export interface FeedProgress {
  /** What its entries name tokens by. */
  readonly keys: ReadonlySet<RevocationKey>
  /** No message was missed since then; `undefined` before the first, and after a loss. */
  readonly followedSince: number | undefined
  /** On the source's clock: every revocation before then has arrived. */
  readonly watermark: number | undefined
  /** On the clock of this process: when it was told so. It only serves to disbelieve a watermark from the future. */
  readonly watermarkReceivedAt: number | undefined
}
