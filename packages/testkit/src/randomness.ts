import { hkdfSync, randomBytes } from 'node:crypto'

/** Where a fake takes its ids, codes and names of keys from. */
export interface Randomness {
  /** Bytes that were never given before. Each purpose has a row of its own: one more of this changes nothing of that. */
  bytes(purpose: string, length: number): Buffer
  /** A UUID, version 4. */
  uuid(purpose: string): string
  alphanumeric(purpose: string, length: number): string
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** The same for the same seed, from process to process; without one, never the same. */
export function createRandomness(maker: string, seed: string | number | undefined): Randomness {
  if (seed !== undefined && !isSeed(seed)) {
    throw new TypeError(`${maker}: seed must be text, not empty, or a number`)
  }
  const bytes = seed === undefined ? (_: string, length: number) => randomBytes(length) : derivedBytes(String(seed))
  return {
    bytes,
    uuid: (purpose) => uuidOf(bytes(purpose, 16)),
    alphanumeric: (purpose, length) =>
      Array.from(bytes(purpose, length), (byte) => ALPHANUMERIC[byte % ALPHANUMERIC.length]).join(''),
  }
}

function isSeed(seed: unknown): boolean {
  return (typeof seed === 'string' && seed !== '') || (typeof seed === 'number' && Number.isFinite(seed))
}

/** HKDF (RFC 5869): the purpose, and how often it was served, are the context. */
function derivedBytes(seed: string): Randomness['bytes'] {
  const served = new Map<string, number>()
  return (purpose, length) => {
    const count = served.get(purpose) ?? 0
    served.set(purpose, count + 1)
    return Buffer.from(hkdfSync('sha256', seed, 'tokenward testkit', `${purpose} ${count}`, length))
  }
}

/** RFC 9562 §5.4: version and variant have their places. */
function uuidOf(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
