const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

interface NodeBuffer {
  from(text: string, encoding: 'base64url'): Uint8Array
  from(memory: ArrayBuffer): WritableBuffer
  byteLength(text: string): number
}

interface WritableBuffer {
  readonly length: number
  write(text: string, offset: number, encoding: 'base64url'): number
  toString(encoding: 'utf8', start: number, end: number): string
}

/** Node's decoder is several times faster than one in JavaScript; other runtimes have no `Buffer`. */
const nodeBuffer = (globalThis as { Buffer?: NodeBuffer }).Buffer

/**
 * Decodes base64url (RFC 4648 §5) and returns `undefined` for every text but the one an encoder would write:
 * no padding, no white space, no other alphabet, unused bits zero. Two texts never decode to the same bytes.
 */
export const decodeBase64url: (text: string) => Uint8Array | undefined =
  nodeBuffer === undefined ? decodeByTable : (text) => decodeByBuffer(nodeBuffer, text)

/** The text that base64url stands for; `undefined` where it is not canonical, or its bytes are not UTF-8. */
export const decodeBase64urlText: (text: string) => string | undefined =
  nodeBuffer === undefined ? decodeTextByTable : textDecoderOf(nodeBuffer)

/** Encodes a few bytes; everything large is decoded only. */
export function encodeBase64url(bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function decodeByBuffer(buffer: NodeBuffer, text: string): Uint8Array | undefined {
  if (!mayBeCanonical(buffer, text)) return undefined
  const bytes = buffer.from(text, 'base64url')
  return bytes.length === decodedLength(text) ? bytes : undefined
}

/** A text is decoded before the next one comes, so that all can be in the same place. */
function textDecoderOf(buffer: NodeBuffer): (text: string) => string | undefined {
  const scratch = buffer.from(new ArrayBuffer(16_384))
  return (text) => {
    if (decodedLength(text) > scratch.length) return decodeTextByTable(text)
    if (!mayBeCanonical(buffer, text)) return undefined
    const length = scratch.write(text, 0, 'base64url')
    if (length !== decodedLength(text)) return undefined
    const decoded = scratch.toString('utf8', 0, length)
    // What is not UTF-8 becomes this character, which may also stand there by right.
    return decoded.includes('\ufffd') ? decodeTextByTable(text) : decoded
  }
}

/**
 * Whether Node's decoder, which skips or reinterprets what it does not know, may be asked. It cannot skip anything
 * without coming out short; the other alphabet, and letters that look like one in their low byte, are found out here.
 */
function mayBeCanonical(buffer: NodeBuffer, text: string): boolean {
  if (text.includes('+') || text.includes('/') || buffer.byteLength(text) !== text.length) return false
  const unusedBits = [0, undefined, 0b1111, 0b11][text.length % 4]
  if (unusedBits === undefined) return false
  const last = valueOfCharCode[text.charCodeAt(text.length - 1)] ?? 0
  return (last & unusedBits) === 0
}

function decodedLength(text: string): number {
  return Math.floor((text.length * 3) / 4)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The same without `Buffer`. */
export function decodeTextByTable(text: string): string | undefined {
  const bytes = decodeByTable(text)
  if (bytes === undefined) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const valueOfCharCode = new Int8Array(128).fill(-1)
for (let value = 0; value < ALPHABET.length; value++) valueOfCharCode[ALPHABET.charCodeAt(value)] = value

/** The same without `Buffer`. */
export function decodeByTable(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let bits = 0
  let bitCount = 0
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const value = valueOfCharCode[text.charCodeAt(i)] ?? -1
    if (value === -1) return undefined
    bits = ((bits << 6) | value) & 0xffff
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[length++] = (bits >> bitCount) & 0xff
    }
  }
  const unusedBits = bits & ((1 << bitCount) - 1)
  return unusedBits === 0 ? bytes : undefined
}
