/** What somebody gave, in the words of a message. No text is repeated: it could be a token. */
export function kindOf(value: unknown): string {
  if (isPromise(value)) return 'a promise; await it first'
  if (Array.isArray(value)) return 'a list'
  if (value === '') return 'empty text'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'object':
      return value === null ? 'null' : 'an object'
    case 'number':
    case 'function':
      return `a ${typeof value}`
    default:
      return String(value)
  }
}

/** By what it does: runners have promises of several realms. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Of named members, that is. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isPromise(value)
}

/** Throws for what is no text. `demand` says who wants it: `'revoke takes a token'`. */
export function checkText(maker: string, demand: string, value: unknown): asserts value is string {
  if (!isText(value)) throw new TypeError(`${maker}: ${demand}, not ${kindOf(value)}`)
}
