/** An IP address as 16 bytes; one of IPv4 is mapped into IPv6 (RFC 4291 §2.5.5.2), as dual-stack sockets show it. */
export type IpAddress = Uint8Array

/** Addresses that begin with the same bits. */
export interface IpRange {
  readonly address: IpAddress
  /** Bits of the 128 that count. */
  readonly prefix: number
}

const IPV4_BITS = 96

/** Reads an address as sockets write it, a zone left out; `undefined` for anything else, names included. */
export function parseIpAddress(text: string): IpAddress | undefined {
  const [address = ''] = text.split('%', 1)
  return address.includes(':') ? parseIpv6(address) : parseIpv4(address)
}

/** Reads an address, or a range in CIDR notation (RFC 4632 §3.1); `undefined` where bits are set beyond the prefix. */
export function parseIpRange(text: string): IpRange | undefined {
  const [written = '', length, ...rest] = text.split('/')
  const address = written.includes('%') ? undefined : parseIpAddress(written)
  if (address === undefined || rest.length > 0) return undefined
  if (length === undefined) return { address, prefix: 128 }
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined
  const prefix = Number(length) + (written.includes(':') ? 0 : IPV4_BITS)
  const range = { address, prefix }
  return prefix <= 128 && address.every((byte, index) => (byte & ~maskOf(prefix, index)) === 0) ? range : undefined
}

export function isInRange(address: IpAddress, { address: start, prefix }: IpRange): boolean {
  return address.every((byte, index) => (byte & maskOf(prefix, index)) === start[index])
}

function maskOf(prefix: number, index: number): number {
  const bits = Math.min(8, Math.max(0, prefix - index * 8))
  return (0xff << (8 - bits)) & 0xff
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.')
  // A leading zero is octal to some and decimal to others.
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined
  }
  return Uint8Array.from([...Array.from({ length: 10 }, () => 0), 0xff, 0xff, ...parts.map(Number)])
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1))
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const given = [...head, ...(tail ?? [])]
  const missing = 8 - given.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

/** Groups of 16 bits; the last two may be written as an address of IPv4. */
function groupsOf(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const ipv4 = isEnd && index === parts.length - 1 ? parseIpv4(part) : undefined
      if (ipv4 === undefined) return undefined
      const [a, b, c, d] = ipv4.subarray(12) as unknown as [number, number, number, number]
      groups.push((a << 8) | b, (c << 8) | d)
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined
      groups.push(parseInt(part, 16))
    }
  }
  return groups
}
