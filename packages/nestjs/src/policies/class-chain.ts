import type { Type } from '@nestjs/common'
import { ConfigurationError } from '@tokenward/core'

/**
 * A method of a controller, resolver or gateway, as an execution context names it. The class in the place of the method
 * stands for what it demands by itself, of connections to a gateway.
 */
export interface Handler {
  readonly controller: Type
  readonly method: Function
}

/** All methods of a class, inherited ones included, each as the most derived class has it. */
export function methodsOf(type: Type): readonly { readonly name: string | symbol; readonly method: Function }[] {
  const methods = new Map<string | symbol, Function>()
  for (const prototype of prototypesOf(type)) {
    for (const name of Reflect.ownKeys(prototype)) {
      const method: unknown = Reflect.getOwnPropertyDescriptor(prototype, name)?.value
      if (name !== 'constructor' && typeof method === 'function' && !methods.has(name)) methods.set(name, method)
    }
  }
  return [...methods].map(([name, method]) => ({ name, method }))
}

/** Where a handler stands in the chain of its controller, and under which name. */
export function placeOf({ controller, method }: Handler): {
  readonly prototype: object
  readonly name: string | symbol
} {
  for (const prototype of prototypesOf(controller)) {
    for (const name of Reflect.ownKeys(prototype)) {
      if (Reflect.getOwnPropertyDescriptor(prototype, name)?.value === method) return { prototype, name }
    }
  }
  throw new ConfigurationError(
    controller.name,
    'has a handler that is none of its methods (bound or replaced on the instance), so what it demands is unknown',
  )
}

/** The class and its base classes, the most derived first. */
export function classesOf(type: Type): readonly object[] {
  return chainOf(type, Function.prototype)
}

export function prototypesOf(type: Type): readonly object[] {
  return chainOf(type.prototype as object, Object.prototype)
}

function chainOf(start: object, end: object): readonly object[] {
  const chain: object[] = []
  for (let link: object | null = start; link !== null && link !== end; link = Object.getPrototypeOf(link)) {
    chain.push(link)
  }
  return chain
}
