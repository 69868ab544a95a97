import 'reflect-metadata'
import type { Type } from '@nestjs/common'
import { ConfigurationError } from '@tokenward/core'

/** What our decorators can say: that a handler is open, what it demands, and that it wants to know its caller. */
export type Declaration = 'public' | 'policy' | 'caller'

/**
 * A method of a controller, resolver or gateway, as an execution context names it. The class in the place of the method
 * stands for what it demands by itself, of connections to a gateway.
 */
export interface Handler {
  readonly controller: Type
  readonly method: Function
}

const keyOf = (declaration: Declaration) => `tokenward:${declaration}`

/**
 * Notes a declaration under the class and the name of the method, not on the function: a decorator that wraps the
 * function, or an override in a subclass, must not lose it. Repeated declarations add up.
 */
export function declare(declaration: Declaration, value: unknown, target: object, property?: string | symbol): void {
  const key = keyOf(declaration)
  const own = ownDeclarations(declaration, target, property)
  if (property === undefined) Reflect.defineMetadata(key, [...own, value], target)
  else Reflect.defineMetadata(key, [...own, value], target, property)
}

/** What one class, or one method of one class, declares. */
export type Place = readonly unknown[]

/** Declared on the base classes and the class, the most derived last; one place for each. */
export function placesOfClass(declaration: Declaration, type: Type): readonly Place[] {
  return chainOf(type, Function.prototype)
    .map((link) => ownDeclarations(declaration, link))
    .toReversed()
}

/** Declared on the methods of that name in the base classes and on the method itself, the most derived last. */
export function placesOfMethod(declaration: Declaration, { controller, method }: Handler): readonly Place[] {
  if (method === controller) return []
  const { name } = placeOf({ controller, method })
  return prototypesOf(controller)
    .map((prototype) => ownDeclarations(declaration, prototype, name))
    .toReversed()
}

function isPublicClass(type: Type): boolean {
  return ownDeclarations('public', type).length > 0
}

/** Declared on the very method, not on one that it overrides. */
export function declaredHere(declaration: Declaration, handler: Handler): Place {
  if (handler.method === handler.controller) return []
  const { prototype, name } = placeOf(handler)
  return ownDeclarations(declaration, prototype, name)
}

/**
 * Whether the handler was opened. The method decides before its class, either way. Opening is never inherited: an
 * override of a public method, and a subclass of a public class, have to say so themselves.
 */
export function isPublic(handler: Handler): boolean {
  if (declaredHere('public', handler).length > 0) return true
  return isPublicClass(handler.controller) && !demandsItself(handler)
}

/** Whether one place both opens and demands, so that nobody can say which was meant. */
export function contradictsItself(handler: Handler): boolean {
  const methodDoes = declaredHere('public', handler).length > 0 && demandsItself(handler)
  return methodDoes || (isPublicClass(handler.controller) && classDemands(handler.controller))
}

/** Whether the class, or a base class, demands something of every handler. */
export function classDemands(type: Type): boolean {
  return placesOfClass('policy', type).flat().length > 0
}

/** Whether the method itself demands something, be it only a caller. */
export function demandsItself(handler: Handler): boolean {
  return placesOfMethod('policy', handler).flat().length > 0 || declaredHere('caller', handler).length > 0
}

/** Whether anything must be met before the handler runs, apart from what a global guard adds. */
export function demands(handler: Handler): boolean {
  return !isPublic(handler) && (classDemands(handler.controller) || demandsItself(handler))
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
function placeOf({ controller, method }: Handler): { readonly prototype: object; readonly name: string | symbol } {
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

function prototypesOf(type: Type): readonly object[] {
  return chainOf(type.prototype as object, Object.prototype)
}

function chainOf(start: object, end: object): readonly object[] {
  const chain: object[] = []
  for (let link: object | null = start; link !== null && link !== end; link = Object.getPrototypeOf(link)) {
    chain.push(link)
  }
  return chain
}

function ownDeclarations(declaration: Declaration, target: object, property?: string | symbol): Place {
  const key = keyOf(declaration)
  const own: unknown =
    property === undefined ? Reflect.getOwnMetadata(key, target) : Reflect.getOwnMetadata(key, target, property)
  return Array.isArray(own) ? own : []
}
