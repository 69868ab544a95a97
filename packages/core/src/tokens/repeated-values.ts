import { BoundedCache } from '../transport/bounded-cache.js'
import type { AccessTokenClaims } from '../vocabulary/access-token-claims.js'
import type { TokenFacts } from './token-facts.js'

/** Issuers, clients, scopes, groups: there are few of them. What stands in one token alone passes through. */
const CAPACITY = 1_000
/** Longer ones are rarely the same twice. */
const MAX_LENGTH = 512

/** Has tokens that are remembered share what they have in common: each would hold a copy of its own. */
export class RepeatedValues {
  readonly #texts = new BoundedCache<string, string>(CAPACITY)
  readonly #lists = new BoundedCache<string, readonly string[]>(CAPACITY)

  /** The same facts, frozen. */
  sharedIn({ claims, scopes, groups, issuer, subject, clientId, ...times }: TokenFacts): TokenFacts {
    return Object.freeze({
      issuer,
      subject: this.#text(subject),
      clientId: clientId === undefined ? undefined : this.#text(clientId),
      scopes: this.#list(scopes),
      groups: this.#list(groups),
      claims: this.#value(claims) as AccessTokenClaims,
      ...times,
    })
  }

  clear(): void {
    this.#texts.clear()
    this.#lists.clear()
  }

  #value(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value)
    if (typeof value !== 'object' || value === null) return value
    if (!Array.isArray(value)) return this.#object(value as Readonly<Record<string, unknown>>)
    if (value.every((item) => typeof item === 'string')) return this.#list(value as readonly string[])
    return Object.freeze(value.map((item) => this.#value(item)))
  }

  #object(value: Readonly<Record<string, unknown>>): object {
    const shared = { ...value }
    for (const name of Object.keys(shared)) {
      const member = shared[name]
      if (typeof member !== 'number') shared[name] = this.#value(member)
    }
    return Object.freeze(shared)
  }

  #text(text: string): string {
    if (text.length > MAX_LENGTH) return text
    const known = this.#texts.get(text)
    if (known === undefined) this.#texts.set(text, text)
    return known ?? text
  }

  #list(list: readonly string[]): readonly string[] {
    const text = JSON.stringify(list)
    if (text.length > MAX_LENGTH) return list
    const known = this.#lists.get(text)
    if (known !== undefined) return known
    const shared = Object.freeze(list.map((item) => this.#text(item)))
    this.#lists.set(text, shared)
    return shared
  }
}
