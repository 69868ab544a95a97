const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

interface NodeBuffer {
  from(text: string, encoding: 'base64url' | 'latin1'): Uint8Array & { toString(encoding: 'base64url'): string }
}

/** Node's decoder is several times faster than one in JavaScript; other runtimes have no `Buffer`. */
const nodeBuffer = (globalThis as { Buffer?: NodeBuffer }).Buffer

/**
 * Decodes base64url (RFC 4648 §5) and returns `undefined` for every text but the one an encoder would write:
 * no padding, no white space, no other alphabet, unused bits zero. Two texts never decode to the same bytes.
 */
export const decodeBase64url: (text: string) => Uint8Array | undefined =
  nodeBuffer === undefined ? decodeByTable : (text) => decodeByBuffer(nodeBuffer, text)

/** Bytes of a text already known to be ASCII. */
export const asciiBytes: (text: string) => Uint8Array =
  nodeBuffer === undefined ? (text) => new TextEncoder().encode(text) : (text) => nodeBuffer.from(text, 'latin1')

/** Encodes a few bytes; everything large is decoded only. */
export function encodeBase64url(bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function decodeByBuffer(buffer: NodeBuffer, text: string): Uint8Array | undefined {
  const bytes = buffer.from(text, 'base64url')
  // Node's decoder skips what it does not know, so the only proof is to encode again.
  return bytes.toString('base64url') === text ? bytes : undefined
}

const valueOfCharCode = new Int8Array(128).fill(-1)
for (let value = 0; value < ALPHABET.length; value++) valueOfCharCode[ALPHABET.charCodeAt(value)] = value

/** The same function without `Buffer`. */
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
