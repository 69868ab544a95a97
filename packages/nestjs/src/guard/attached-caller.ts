import type { Caller } from './caller.js'

/** What a class that extends it makes is the object it was given, with the private fields of the class added. */
class Given {
  constructor(given: object) {
    return given
  }
}

/** Behind objects that take no further field, not even a private one where the engine is strict. */
const besideFrozen = new WeakMap<object, Caller>()

/**
 * The caller in a private field of a request, an operation or a connection: nothing a client sends and no other library can
 * read or write it, and no copy of the object has it. A WeakMap would do the same, but its entries outlive every minor
 * garbage collection, and each request with them.
 */
export class AttachedCaller extends Given {
  #caller: Caller

  private constructor(object: object, caller: Caller) {
    super(object)
    this.#caller = caller
  }

  /** `undefined` where there is none, or no object: a message of an application's own transport may have no context. */
  static of(object: unknown): Caller | undefined {
    if (typeof object !== 'object' || object === null) return undefined
    return #caller in object ? object.#caller : besideFrozen.get(object)
  }

  /** In the place of the one that was there. */
  static attach(object: object, caller: Caller): void {
    if (#caller in object) object.#caller = caller
    else if (!Object.isExtensible(object)) besideFrozen.set(object, caller)
    else void new AttachedCaller(object, caller)
  }
}
