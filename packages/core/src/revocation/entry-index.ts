import type { ListedEntry } from './deny-rule.js'
import { mergeEntries, nameOf } from './listed-entry.js'
import type { RevocationEntry } from './revocation-entry.js'

type ByName = Map<string, ListedEntry>
type ByKind = Readonly<Record<RevocationEntry['kind'], ByName>>

/** Entries by issuer, kind and name. One name has one entry, so that nobody fills the index by repeating himself. */
export class EntryIndex {
  readonly #byIssuer = new Map<string, ByKind>()
  #size = 0

  get size(): number {
    return this.#size
  }

  find(issuer: string, kind: RevocationEntry['kind'], name: string): ListedEntry | undefined {
    const entries = this.#byIssuer.get(issuer)?.[kind]
    // Most lists hold one or two kinds; a name is hashed where there is something to find.
    return entries === undefined || entries.size === 0 ? undefined : entries.get(name)
  }

  set(added: ListedEntry): void {
    const { entry } = added
    const entries = this.#entriesOf(entry.issuer)[entry.kind]
    const name = nameOf(entry)
    const known = entries.get(name)
    if (known === undefined) this.#size += 1
    entries.set(name, known === undefined ? added : mergeEntries(known, added))
  }

  /** Drops what has ended. */
  sweep(hasEnded: (listed: ListedEntry) => boolean): void {
    for (const [issuer, byKind] of this.#byIssuer) {
      let left = 0
      for (const entries of Object.values(byKind)) {
        for (const [name, listed] of entries) {
          if (!hasEnded(listed)) continue
          entries.delete(name)
          this.#size -= 1
        }
        left += entries.size
      }
      if (left === 0) this.#byIssuer.delete(issuer)
    }
  }

  #entriesOf(issuer: string): ByKind {
    let byKind = this.#byIssuer.get(issuer)
    if (byKind === undefined) {
      byKind = { token: new Map(), login: new Map(), user: new Map(), client: new Map(), issuer: new Map() }
      this.#byIssuer.set(issuer, byKind)
    }
    return byKind
  }
}
