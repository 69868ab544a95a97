import { DER, type DerElement, DerReader, objectIdentifier } from './der.js'

/** Attributes in the order of the certificate, from the root: mostly one in each place, and sometimes several. */
export type DistinguishedName = readonly (readonly NameAttribute[])[]

interface NameAttribute {
  /** Object identifier. */
  readonly type: string
  /** `undefined` for a value that is no text: it equals nothing. */
  readonly value: string | undefined
}

/** Short names that RFC 4514 §3 lists, and those that OpenSSL writes where it has none. */
const TYPES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  C: '2.5.4.6',
  STREET: '2.5.4.9',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  SERIALNUMBER: '2.5.4.5',
  EMAILADDRESS: '1.2.840.113549.1.9.1',
  ORGANIZATIONIDENTIFIER: '2.5.4.97',
}

/** A `Name` of a certificate (RFC 5280 §4.1.2.4). */
export function readDistinguishedName(name: DerElement): DistinguishedName {
  const places: NameAttribute[][] = []
  const reader = new DerReader(name.value)
  while (reader.nextTag !== undefined) {
    const place = reader.open(DER.set)
    const attributes: NameAttribute[] = []
    do {
      const attribute = place.open(DER.sequence)
      const type = objectIdentifier(attribute.read(DER.objectIdentifier))
      attributes.push({ type, value: textOf(attribute.read()) })
      attribute.end()
    } while (place.nextTag !== undefined)
    places.push(attributes)
  }
  return places
}

/**
 * Reads a name as RFC 4514 writes it, the last place first: `CN=orders,O=Partner,C=DE`, as `openssl x509 -nameopt RFC2253`
 * prints it. `undefined` for any other text.
 */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  const places: NameAttribute[][] = []
  for (const place of splitUnescaped(text, ',')) {
    const attributes = splitUnescaped(place, '+').map(parseAttribute)
    if (!attributes.every((attribute) => attribute !== undefined)) return undefined
    places.unshift(attributes)
  }
  return places
}

/**
 * Whether two names are the same to the letter. RFC 5280 §7.1 would take other spellings for the same; to tell them apart
 * refuses too much and never too little.
 */
export function isSameName(a: DistinguishedName, b: DistinguishedName): boolean {
  return a.length === b.length && a.every((place, index) => isSamePlace(place, b[index] as readonly NameAttribute[]))
}

function isSamePlace(a: readonly NameAttribute[], b: readonly NameAttribute[]): boolean {
  const isIn = (list: readonly NameAttribute[]) => (attribute: NameAttribute) =>
    list.some(({ type, value }) => type === attribute.type && value !== undefined && value === attribute.value)
  return a.length === b.length && a.every(isIn(b)) && b.every(isIn(a))
}

const ascii = new TextDecoder('utf-8', { fatal: true })
const utf16 = new TextDecoder('utf-16be', { fatal: true })

function textOf({ tag, value }: DerElement): string | undefined {
  switch (tag) {
    case DER.utf8String:
      return decoded(ascii, value)
    case DER.printableString:
    case DER.ia5String:
    case DER.numericString:
      return value.every((byte) => byte < 0x80) ? decoded(ascii, value) : undefined
    case DER.bmpString:
      return decoded(utf16, value)
    default:
      return undefined
  }
}

function decoded(decoder: typeof ascii, value: Uint8Array): string | undefined {
  try {
    return decoder.decode(value)
  } catch {
    return undefined
  }
}

/** RFC 4514 §3: what stands between separators that no backslash takes for text. */
function splitUnescaped(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === separator) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...parts, text.slice(start)]
}

function parseAttribute(text: string): NameAttribute | undefined {
  const equals = text.indexOf('=')
  const name = text.slice(0, Math.max(0, equals))
  const type = Object.hasOwn(TYPES, name.toUpperCase()) ? TYPES[name.toUpperCase()] : name
  if (type === undefined || !/^\d+(?:\.\d+)+$/.test(type)) return undefined
  const value = unescaped(text.slice(equals + 1))
  return value === undefined ? undefined : { type, value }
}

const SPECIAL = /^["+,;<>\\=# ]$/
/** RFC 4514 §2.4: these have to be escaped, and a space at either end and `#` at the beginning. */
const BARE_SPECIAL = /["+,;<>\0]/

function unescaped(text: string): string | undefined {
  if (text === '' || /^[ #]/.test(text) || /(?<!\\) $/.test(text)) return undefined
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (let i = 0; i < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(i) as number)
    if (character !== '\\') {
      if (BARE_SPECIAL.test(character)) return undefined
      bytes.push(...encoder.encode(character))
      i += character.length
      continue
    }
    const next = text[i + 1] ?? ''
    const hex = text.slice(i + 1, i + 3)
    if (SPECIAL.test(next)) {
      bytes.push(next.charCodeAt(0))
      i += 2
    } else if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes.push(parseInt(hex, 16))
      i += 3
    } else return undefined
  }
  return decoded(ascii, Uint8Array.from(bytes))
}
