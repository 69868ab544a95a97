/** One element of DER (ITU-T X.690 §8.1): what it is and what it holds. */
export interface DerElement {
  readonly tag: number
  readonly value: Uint8Array
  /** Tag, length and value. */
  readonly whole: Uint8Array
}

/** Tags of the universal class, those of structures with their bit of construction. */
export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
} as const

/** What is not written as DER demands. Whoever reads a certificate catches it. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** Reads elements in turn. Strict: what two readers could read in two ways is refused. */
export class DerReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Of the next element; `undefined` at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** The next element, which must have that tag where one is given. */
  read(tag?: number): DerElement {
    const start = this.#at
    const found = this.#byte()
    if (tag !== undefined && found !== tag) throw new DerError(`tag ${found} in place of ${tag}`)
    // Tags of several bytes occur in no certificate.
    if ((found & 0x1f) === 0x1f) throw new DerError('a long tag')
    const length = this.#length()
    const from = this.#at
    if (length > this.#bytes.length - from) throw new DerError('longer than there are bytes')
    this.#at += length
    return {
      tag: found,
      value: this.#bytes.subarray(from, this.#at),
      whole: this.#bytes.subarray(start, this.#at),
    }
  }

  /** The next element where it has that tag. */
  readOptional(tag: number): DerElement | undefined {
    return this.nextTag === tag ? this.read() : undefined
  }

  /** All that follow. */
  rest(): readonly DerElement[] {
    const elements: DerElement[] = []
    while (this.#at < this.#bytes.length) elements.push(this.read())
    return elements
  }

  /** What the next element, of that tag, is made of. */
  open(tag: number): DerReader {
    return new DerReader(this.read(tag).value)
  }

  /** Nothing may follow. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new DerError('bytes beyond the end')
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new DerError('cut short')
    this.#at += 1
    return byte
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    // 0 would be a length that is told at the end; four bytes and more are larger than any certificate.
    if (count === 0 || count > 3) throw new DerError('an indefinite or excessive length')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte()
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('a length that could be shorter')
    return length
  }
}

/** In dotted decimal (ITU-T X.690 §8.19). */
export function objectIdentifier({ tag, value }: DerElement): string {
  if (tag !== DER.objectIdentifier) throw new DerError('something else than an object identifier')
  const numbers: number[] = []
  let number = 0
  let isBegun = false
  for (const byte of value) {
    if (!isBegun && byte === 0x80) throw new DerError('an object identifier that could be shorter')
    number = number * 128 + (byte & 0x7f)
    if (number > Number.MAX_SAFE_INTEGER) throw new DerError('an excessive object identifier')
    isBegun = byte >= 0x80
    if (isBegun) continue
    if (numbers.length === 0) {
      const root = Math.min(2, Math.floor(number / 40))
      numbers.push(root, number - root * 40)
    } else {
      numbers.push(number)
    }
    number = 0
  }
  if (isBegun || numbers.length === 0) throw new DerError('an object identifier that is cut short')
  return numbers.join('.')
}

/** Bits in order, the first first (ITU-T X.690 §8.6). */
export function bitsOf({ value }: DerElement): readonly boolean[] {
  const [unused = 8, ...bytes] = value
  if (unused > 7 || (bytes.length === 0 && unused > 0)) throw new DerError('a malformed bit string')
  const bits = bytes.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((shift) => ((byte >> shift) & 1) === 1))
  return bits.slice(0, bits.length - unused)
}

export function booleanOf({ value }: DerElement): boolean {
  if (value.length !== 1 || (value[0] !== 0 && value[0] !== 0xff)) throw new DerError('a malformed boolean')
  return value[0] === 0xff
}

/** A small whole number that is not negative. */
export function smallInteger({ value }: DerElement): number {
  const [first = 0x80] = value
  if (value.length > 3 || first >= 0x80 || (value.length > 1 && first === 0 && (value[1] as number) < 0x80)) {
    throw new DerError('a number that is negative, excessive or could be shorter')
  }
  return value.reduce((sum, byte) => sum * 256 + byte, 0)
}
