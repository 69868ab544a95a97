import { ConfigurationError, type Refused } from '@tokenward/core'

/** A path or an https address; or a function that says so, and nothing where the user shall not be sent anywhere. */
export type SignInTarget<More extends readonly unknown[] = []> =
  | string
  | ((refused: Refused, ...more: More) => string | undefined)

/** @throws ConfigurationError for what is neither. */
export function checkSignInTarget(option: string, target: SignInTarget<never> | undefined): void {
  if (target === undefined || typeof target === 'function') return
  checkAddress(option, target)
}

/**
 * Where to send somebody who was refused. A path stands for 401 alone: whoever lacks a scope would come back from signing
 * in with the same token, and be sent there again.
 */
export function signInTarget<More extends readonly unknown[]>(
  option: string,
  target: SignInTarget<More> | undefined,
  refused: Refused,
  ...more: More
): string | undefined {
  if (typeof target === 'string') return refused.status === 401 ? target : undefined
  const answer = target?.(refused, ...more)
  if (answer !== undefined) checkAddress(option, answer)
  return answer
}

const HERE = 'https://here.invalid'

function checkAddress(option: string, address: unknown): void {
  // What browsers leave out of an address could stand between two slashes.
  const isClean = typeof address === 'string' && !/[\t\n\r]/.test(address)
  if (!isClean || !(isPath(address) || isAddress(address))) {
    throw new ConfigurationError(option, "must be a path such as '/sign-in', an https address, or a function")
  }
}

/** A second slash, or what browsers take for one, would lead to another host; also the one that `/..//` ends up with. */
function isPath(address: string): boolean {
  return /^\/(?![/\\])/.test(address) && !new URL(address, HERE).pathname.startsWith('//')
}

function isAddress(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'https:'
}
