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
  #principal: WrittenEntity<Out>
  readonly #others: WrittenEntity<Out>[] = []
  /** Where each stands among the others. Most requests have one, for which there is no need to look. */
  #places: Map<string, number> | undefined
  #saysMoreOfPrincipal = false

  constructor(writing: Writing<Out>, principal: WrittenEntity<Out>) {
    this.#writing = writing
    this.#principal = principal
  }

  get principal(): WrittenEntity<Out> {
    return this.#principal
  }

  get others(): readonly WrittenEntity<Out>[] {
    return this.#others
  }

  /** Whether something beside the token says something of the principal, as when users are resources. */
  get saysMoreOfPrincipal(): boolean {
    return this.#saysMoreOfPrincipal
  }

  add(entity: CedarEntity): void {
    const { attributes = {}, parents = [] } = entity
    const { budget, reference: checked } = this.#writing
    const uid = checked('entities', entity)
    budget.spendEntity(uid.type, uid)
    const added = parents.map((parent) => checked(`${uid.type}.parents`, parent))
    for (const parent of added) budget.spendEntity(uid.type, parent)
    const written = {
      uid,
      attributes: writeMembers(this.#writing, `${uid.type}.attributes`, attributes),
      parents: distinct(added),
    }
    if (isSame(uid, this.#principal.uid)) {
      this.#saysMoreOfPrincipal = true
      this.#principal = both(this.#principal, written)
      return
    }
    const place = this.#placeOf(uid)
    if (place === undefined) this.#append(written)
    else this.#others[place] = both(this.#others[place] as WrittenEntity<Out>, written)
  }

  /** Verified Permissions counts the parents of parents. */
  checkAncestors(path: string, of: EntityReference): void {
    let parents = this.#principal.parents.length
    for (const entity of this.#others) parents += entity.parents.length
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
    if (isSame(reference, this.#principal.uid)) return this.#principal.parents
    const place = this.#placeOf(reference)
    return place === undefined ? [] : (this.#others[place] as WrittenEntity<Out>).parents
  }

  #placeOf(uid: EntityReference): number | undefined {
    const [first] = this.#others
    if (first === undefined) return undefined
    this.#places ??= new Map([[keyOf(first.uid), 0]])
    return this.#places.get(keyOf(uid))
  }

  #append(written: WrittenEntity<Out>): void {
    this.#places?.set(keyOf(written.uid), this.#others.length)
    this.#others.push(written)
  }
}

function both<Out>(before: WrittenEntity<Out>, after: WrittenEntity<Out>): WrittenEntity<Out> {
  return {
    uid: before.uid,
    attributes: { ...after.attributes, ...before.attributes },
    parents: distinct([...before.parents, ...after.parents]),
  }
}

function isSame(one: EntityReference, other: EntityReference): boolean {
  return one.id === other.id && one.type === other.type
}

function distinct(references: readonly EntityReference[]): readonly EntityReference[] {
  if (references.length < 2) return references
  return [...new Map(references.map((reference) => [keyOf(reference), reference])).values()]
}

/** No name of a type has a quotation mark. */
function keyOf({ type, id }: EntityReference): string {
  return `${type}"${id}`
}
