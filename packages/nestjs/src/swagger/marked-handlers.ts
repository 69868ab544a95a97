import { ApiExtension } from '@nestjs/swagger'
import type { FoundHandler } from '../policies/handlers.js'

/** Where an operation carries the number of its handler while the document is made. */
export const MARK = 'x-tokenward-handler'

/**
 * Runs something while each handler carries its number into the document. Controllers may share a method that they
 * inherit, so that each gets a stand-in of its own, with everything that other decorators have said of it.
 */
export function withMarkedHandlers<Result>(handlers: readonly FoundHandler[], run: () => Result): Result {
  const restore: (() => void)[] = []
  try {
    for (const [index, handler] of handlers.entries()) restore.push(mark(handler, index))
    return run()
  } finally {
    for (const undo of restore.toReversed()) undo()
  }
}

function mark({ controller, method, name }: FoundHandler, index: number): () => void {
  const prototype = controller.prototype as object
  const before = Object.getOwnPropertyDescriptor(prototype, name)
  const standIn = standInFor(method)
  ApiExtension(MARK, index)(prototype, name, { value: standIn })
  Object.defineProperty(prototype, name, { configurable: true, writable: true, enumerable: false, value: standIn })
  return () => {
    if (before === undefined) Reflect.deleteProperty(prototype, name)
    else Object.defineProperty(prototype, name, before)
  }
}

function standInFor(method: Function): Function {
  // A function of its own for each, which is never called.
  const standIn = Object.defineProperty(() => method, 'name', { value: method.name })
  for (const key of Reflect.getMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), standIn)
  }
  return standIn
}
