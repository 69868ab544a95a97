import { ConfigurationError, type Principal } from '@tokenward/core'

/** Beside the request rather than on it: nothing a client sends, and no other library, can write it. */
const principals = new WeakMap<object, Principal>()

export function rememberPrincipal(request: object, principal: Principal): void {
  principals.set(request, principal)
}

export function principalOf(request: object): Principal {
  const principal = principals.get(request)
  if (principal === undefined) {
    throw new ConfigurationError(
      '@CurrentPrincipal()',
      'needs a handler that TokenwardGuard guards and that is not public',
    )
  }
  return principal
}
