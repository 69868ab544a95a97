import type { EntityReference } from '@tokenward/core'
import type { CedarEntity } from './cedar-entity.js'
import { MAX_PARENTS } from './request-limits.js'
import { Unmappable } from './unmappable.js'
import { writeMembers, type Writing } from './value-writer.js'

/** An entity in the notation of a writer. */
export interface WrittenEntity<Out> {
  readonly uid: EntityReference
  readonly attributes: Readonly<Record<string, Out>>
  readonly parents: readonly EntityReference[]
}

/** Entities that are given twice are one: the first gives an attribute its value, and parents add up. */
export class WrittenEntities<Out> {
  readonly #writing: Writing<Out>
  readonly #byKey = new Map<string, WrittenEntity<Out>>()
  readonly #principal: string
  #saysMoreOfPrincipal = false

  constructor(writing: Writing<Out>, principal: WrittenEntity<Out>) {
    this.#writing = writing
    this.#principal = keyOf(principal.uid)
    this.#byKey.set(this.#principal, principal)
  }

  /** Whether something beside the token says something of the principal, as when users are resources. */
  get saysMoreOfPrincipal(): boolean {
    return this.#saysMoreOfPrincipal
  }

  add({ attributes = {}, parents = [], ...reference }: CedarEntity): void {
    const { budget, reference: checked } = this.#writing
    const uid = checked('entities', reference)
    const key = keyOf(uid)
    budget.spend(uid.type, key)
    if (key === this.#principal) this.#saysMoreOfPrincipal = true
    const before = this.#byKey.get(key)
    const added = parents.map((parent) => checked(`${uid.type}.parents`, parent))
    for (const parent of added) budget.spend(uid.type, keyOf(parent))
    const all = [...(before?.parents ?? []), ...added]
    this.#byKey.set(key, {
      uid,
      attributes: { ...writeMembers(this.#writing, `${uid.type}.attributes`, attributes), ...before?.attributes },
      parents: [...new Map(all.map((parent) => [keyOf(parent), parent])).values()],
    })
  }

  all(): readonly WrittenEntity<Out>[] {
    return [...this.#byKey.values()]
  }

  /** Verified Permissions counts the parents of parents. */
  checkAncestors(path: string, of: EntityReference): void {
    let parents = 0
    for (const entity of this.#byKey.values()) parents += entity.parents.length
    // Nobody has more than there are.
    if (parents <= MAX_PARENTS) return
    const seen = new Set<string>()
    const open = [...this.#parentsOf(of)]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const key = keyOf(next)
      if (seen.has(key)) continue
      seen.add(key)
      if (seen.size > MAX_PARENTS) throw new Unmappable(path, `has more than ${MAX_PARENTS} transitive parents`)
      open.push(...this.#parentsOf(next))
    }
  }

  #parentsOf(reference: EntityReference): readonly EntityReference[] {
    return this.#byKey.get(keyOf(reference))?.parents ?? []
  }
}

/** No name of a type has a quotation mark. */
function keyOf({ type, id }: EntityReference): string {
  return `${type}"${id}`
}
