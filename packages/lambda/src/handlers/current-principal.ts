import { ConfigurationError, type Principal } from '@tokenward/core'

/** By the event, which a function gets once; nothing of it can be seen, or made up, from outside. */
const principals = new WeakMap<object, Principal<unknown>>()

export function rememberPrincipal(event: object, principal: Principal<unknown>): void {
  principals.set(event, principal)
}

/**
 * Who is calling, for code that has the event and came after `withAuth` or `authMiddleware`. `undefined` for any other
 * event, a copy included.
 *
 * @throws {@link ConfigurationError} for what is no event.
 */
export function currentPrincipal(event: object): Principal<unknown> | undefined {
  if (typeof event !== 'object' || event === null) {
    throw new ConfigurationError('event', 'must be the event of the request')
  }
  return principals.get(event)
}
