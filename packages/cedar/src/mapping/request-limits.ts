import type { EntityReference } from '@tokenward/core'
import { Unmappable } from './unmappable.js'

// Limits of Amazon Verified Permissions (quotas page and API reference). They hold for local decisions as well, or a
// request would be decided here and refused there.

/** Bytes of one request. */
export const MAX_REQUEST_BYTES = 1_000_000
/** Transitive parents of one principal or resource. */
export const MAX_PARENTS = 99
/** Characters of an `EntityType`, an `EntityId` and an `ActionId`. */
export const MAX_LENGTHS = { type: 200, id: 612, action: 512 } as const
/** Not AWS's: values within values, before the parser of Cedar gives up. */
export const MAX_DEPTH = 32

/** Around a value in the JSON of the service: `"entityIdentifier":{"entityType":"","entityId":""},` is the longest. */
const BYTES_AROUND_A_VALUE = 32

/** What a request may still grow by. */
export class SizeBudget {
  readonly #limit: number
  #spent = 0

  constructor(limit: number = MAX_REQUEST_BYTES) {
    this.#limit = limit
  }

  /** What was taken so far. */
  get spent(): number {
    return this.#spent
  }

  /** Takes what one value costs in JSON, its text included. */
  spend(path: string, text = ''): void {
    this.#take(path, utf8Length(text))
  }

  /** Takes what an entity costs. */
  spendEntity(path: string, { type, id }: EntityReference): void {
    this.#take(path, type.length + 1 + utf8Length(id))
  }

  #take(path: string, bytes: number): void {
    this.#spent += BYTES_AROUND_A_VALUE + bytes
    if (this.#spent > this.#limit) throw new Unmappable(path, `makes the request larger than ${this.#limit} bytes`)
  }
}

/** For what is bounded elsewhere. */
export const UNBOUNDED: Pick<SizeBudget, 'spend' | 'spendEntity'> = { spend() {}, spendEntity() {} }

/** Without `Buffer`, which edge runtimes lack, and without an array of bytes. */
function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    // Both halves of a surrogate pair count two, which makes four.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}
