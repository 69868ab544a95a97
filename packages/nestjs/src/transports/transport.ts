import type { ExecutionContext } from '@nestjs/common'
import { ConfigurationError, type Denied, type PathParameters, type ProtectedRequest } from '@tokenward/core'

/** How one kind of handler is called, and how it is told that it must not be. */
export interface Transport {
  /** An object that belongs to this one request, operation or connection. */
  keyOf(context: ExecutionContext): object
  /** What the credentials came in, where that is another object. One key must never stand for two of them. */
  sourceOf?(context: ExecutionContext): object
  /** Describes it for core. Its `Authorization` header holds every token that was presented. */
  requestOf(context: ExecutionContext): ProtectedRequest
  /** What stands in the place of path parameters, where one request may call several handlers with arguments. */
  paramsOf?(context: ExecutionContext): PathParameters
  /** Whether more may follow on the same credentials later, which then have to be decided anew. */
  staysOpen(context: ExecutionContext): boolean
  /** What takes headers for the client, as the adapter of HTTP knows it; `undefined` where nothing does. */
  responseOf?(context: ExecutionContext): unknown
  /** The exception of that transport. It says what the client is told, and nothing for the operator. */
  exceptionFor(denied: Denied, context: ExecutionContext): Error | Promise<Error>
}

/** For packages that an application has only where it has such handlers. */
export function missing(name: string): never {
  throw new ConfigurationError('TokenwardGuard', `needs ${name} for handlers of that kind; install it`)
}

/** Members of an argument that can stand for path parameters: texts, and numbers as texts. */
export function paramsIn(value: unknown): PathParameters {
  if (typeof value !== 'object' || value === null) return {}
  const texts = Object.entries(value).map(([name, member]) => [name, textOf(member)] as const)
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined))
}

function textOf(member: unknown): string | readonly string[] | undefined {
  if (typeof member === 'string') return member
  if (typeof member === 'number') return String(member)
  return Array.isArray(member) && member.every((item) => typeof item === 'string') ? member : undefined
}
