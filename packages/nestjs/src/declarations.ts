import 'reflect-metadata'
import type { Type } from '@nestjs/common'
import { ConfigurationError } from '@tokenward/core'

/** What our decorators can say. */
export type Declaration = 'public' | 'scopes' | 'groups' | 'caller'

/** A method of a controller, as an execution context names it. */
export interface Handler {
  readonly controller: Type
  readonly method: Function
}

const LISTS = ['scopes', 'groups'] as const

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

/** Declared on the class or one of its base classes. */
export function declaredOnClass(declaration: Declaration, controller: Type): readonly unknown[] {
  return chainOf(controller, Function.prototype).flatMap((type) => ownDeclarations(declaration, type))
}

/** Declared on the method, or on one of the same name in a base class. */
export function declaredOnMethod(declaration: Declaration, { controller, method }: Handler): readonly unknown[] {
  const { name } = placeOf({ controller, method })
  return prototypesOf(controller).flatMap((prototype) => ownDeclarations(declaration, prototype, name))
}

function isPublicClass(type: Type): boolean {
  return ownDeclarations('public', type).length > 0
}

/** Declared on the very method, not on one that it overrides. */
function declaredHere(declaration: Declaration, handler: Handler): boolean {
  const { prototype, name } = placeOf(handler)
  return ownDeclarations(declaration, prototype, name).length > 0
}

/**
 * Whether the handler was opened. The method decides before its class, either way. Opening is never inherited: an
 * override of a public method, and a subclass of a public class, have to say so themselves.
 */
export function isPublic(handler: Handler): boolean {
  if (declaredHere('public', handler)) return true
  return isPublicClass(handler.controller) && !demandsItself(handler)
}

/** Whether one place both opens and demands, so that nobody can say which was meant. */
export function contradictsItself(handler: Handler): boolean {
  const methodDoes = declaredHere('public', handler) && demandsItself(handler)
  return methodDoes || (isPublicClass(handler.controller) && classDemands(handler.controller))
}

/** Whether the class, or a base class, demands scopes or groups of every handler. */
export function classDemands(type: Type): boolean {
  return LISTS.some((declaration) => declaredOnClass(declaration, type).length > 0)
}

/** Whether the method itself demands scopes, groups or a caller. */
export function demandsItself(handler: Handler): boolean {
  const lists = LISTS.flatMap((declaration) => declaredOnMethod(declaration, handler))
  return lists.length > 0 || declaredHere('caller', handler)
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

function ownDeclarations(declaration: Declaration, target: object, property?: string | symbol): readonly unknown[] {
  const key = keyOf(declaration)
  const own: unknown =
    property === undefined ? Reflect.getOwnMetadata(key, target) : Reflect.getOwnMetadata(key, target, property)
  return Array.isArray(own) ? own : []
}
