export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [name: string]: JsonValue
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Bounds the recursion of `freeze`; real claims nest four or five levels. */
const MAX_DEPTH = 32
/** Up to here a list is faster than a Set; beyond it a list would make hostile texts quadratic. */
const MAX_LISTED_NAMES = 32

/**
 * Parses a JSON object strictly and returns it frozen, or `undefined` when any rule fails: not JSON, not an object,
 * a duplicate member name (RFC 7515 §4, RFC 7519 §4), `__proto__`, an escape in a member name, nesting beyond 32.
 *
 * Escaped names are judged on the text, before `JSON.parse` sees it: V8 misreads them after certain other texts
 * (nodejs/node#63785), so a hostile token could otherwise change how a later one is read. Names whose only escape
 * is `\/`, as PHP writes them, are unescaped in the text first. Where nothing is escaped, names are counted afterwards,
 * which is faster than to compare them.
 */
export function parseJsonObject(text: string): JsonObject | undefined {
  const hasEscapes = text.includes('\\')
  const safeText = hasEscapes ? withUniquePlainNames(text) : text
  if (safeText === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(safeText)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const strings = freeze(value, 1)
  // Each string takes two quotes in the text. Of two members of one name the parser drops one, and so strings are missing.
  return strings >= 0 && (hasEscapes || 2 * strings === quotesIn(text)) ? value : undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The same from bytes, which must be UTF-8 without a byte order mark (RFC 8259 §8.1). */
export function parseJsonBytes(bytes: Uint8Array): JsonObject | undefined {
  try {
    return parseJsonObject(utf8.decode(bytes))
  } catch {
    return undefined
  }
}

/** Reads a member as an own property, so that a polluted `Object.prototype` supplies nothing. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The members already seen in one object; `undefined` stands for an array, which has none. */
type SeenNames = { list: string[]; set: Set<string> | undefined } | undefined

/**
 * For texts with escapes: the text with every member name free of them, or `undefined` when a name repeats within its object or
 * needs an escape. It follows strings and brackets only; everything else is left to `JSON.parse`, which sees the text
 * next: on a valid text both agree on what is a name, and an invalid one is refused there.
 */
function withUniquePlainNames(text: string): string | undefined {
  const enclosing: SeenNames[] = []
  let names: SeenNames
  let nameIsDue = false
  let rewritten = ''
  let copiedUpTo = 0

  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = endOfString(text, i)
        if (end === -1) return undefined
        if (nameIsDue && names !== undefined) {
          let name = text.slice(i + 1, end)
          if (name.includes('\\')) {
            name = name.replaceAll('\\/', '/')
            if (name.includes('\\')) return undefined
            rewritten += text.slice(copiedUpTo, i + 1) + name
            copiedUpTo = end
          }
          if (name === '__proto__' || !addName(names, name)) return undefined
          nameIsDue = false
        }
        i = end
        break
      }
      case OPEN_BRACE:
      case OPEN_BRACKET: {
        if (enclosing.length === MAX_DEPTH) return undefined
        enclosing.push(names)
        nameIsDue = text.charCodeAt(i) === OPEN_BRACE
        names = nameIsDue ? { list: [], set: undefined } : undefined
        break
      }
      case CLOSE_BRACE:
      case CLOSE_BRACKET: {
        if (enclosing.length === 0) return undefined
        names = enclosing.pop()
        nameIsDue = false
        break
      }
      case COMMA:
        nameIsDue = names !== undefined
    }
  }
  return copiedUpTo === 0 ? text : rewritten + text.slice(copiedUpTo)
}

/** Index of the quote that ends the string beginning at `start`, or -1. */
function endOfString(text: string, start: number): number {
  let end = start
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end === -1) return -1
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end
  }
}

function addName(names: NonNullable<SeenNames>, name: string): boolean {
  if (names.set !== undefined) {
    if (names.set.has(name)) return false
    names.set.add(name)
    return true
  }
  if (names.list.includes(name)) return false
  names.list.push(name)
  if (names.list.length > MAX_LISTED_NAMES) names.set = new Set(names.list)
  return true
}

/** Freezes the value and all within it, and counts its strings, names included. NaN for what may not be there. */
function freeze(value: object, depth: number): number {
  if (depth > MAX_DEPTH || Object.hasOwn(value, '__proto__')) return NaN
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value)
  let strings = items === value ? 0 : items.length
  for (const item of items) {
    if (typeof item === 'string') strings += 1
    else if (typeof item === 'object' && item !== null) strings += freeze(item, depth + 1)
  }
  Object.freeze(value)
  return strings
}

function quotesIn(text: string): number {
  let quotes = 0
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) quotes += 1
  return quotes
}
