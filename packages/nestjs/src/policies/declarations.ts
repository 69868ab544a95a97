import 'reflect-metadata'
import type { Type } from '@nestjs/common'
import { classesOf, type Handler, placeOf, prototypesOf } from './class-chain.js'

/** What our decorators can say: that a handler is open, what it demands, and that it wants to know its caller. */
export type Declaration = 'public' | 'policy' | 'caller'

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
  return classesOf(type)
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

function ownDeclarations(declaration: Declaration, target: object, property?: string | symbol): Place {
  const key = keyOf(declaration)
  const own: unknown =
    property === undefined ? Reflect.getOwnMetadata(key, target) : Reflect.getOwnMetadata(key, target, property)
  return Array.isArray(own) ? own : []
}
