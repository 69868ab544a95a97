import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isInRange, parseIpAddress, parseIpRange } from '../../src/vocabulary/ip-address.js'

const isIn = (address: string, range: string) => {
  const [parsed, within] = [parseIpAddress(address), parseIpRange(range)]
  return parsed !== undefined && within !== undefined && isInRange(parsed, within)
}

describe('parseIpAddress', () => {
  it('reads what Node calls an address, and nothing else', () => {
    const texts = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdf.:'), maxLength: 16 }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseIpAddress(text) !== undefined, text).toBe(isIP(text) !== 0)
      }),
    )
  })

  it.each([
    '::',
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    '::ffff:10.0.0.1',
    '64:ff9b::192.0.2.33',
    'FE80::1',
  ])('reads %s', (text) => {
    expect(parseIpAddress(text)).toHaveLength(16)
    expect(isIP(text)).toBe(6)
  })

  it.each([
    '',
    'localhost',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.01',
    '0x0a.0.0.1',
    ' 10.0.0.1',
    '10.0.0.1:80',
    '[::1]',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7::8',
    ':1:2:3:4:5:6:7',
    '10.0.0.1::',
    '::12345',
    '::g',
    '::1.2.3',
  ])('calls %j none', (text) => {
    expect(parseIpAddress(text)).toBeUndefined()
    expect(isIP(text)).toBe(0)
  })

  it('leaves out the zone, and takes a mapped address for the one it stands for', () => {
    expect(parseIpAddress('fe80::1%eth0')).toStrictEqual(parseIpAddress('fe80::1'))
    expect(parseIpAddress('::ffff:10.0.0.1')).toStrictEqual(parseIpAddress('10.0.0.1'))
    expect(parseIpAddress('::ffff:a00:1')).toStrictEqual(parseIpAddress('10.0.0.1'))
  })
})

describe('a range', () => {
  it('holds what Node says it holds', () => {
    const v4 = fc
      .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4())
      .map((parts) => [...parts, 'ipv4'] as const)
    const v6 = fc
      .tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }), fc.ipV6())
      .map((parts) => [...parts, 'ipv6'] as const)
    fc.assert(
      fc.property(fc.oneof(v4, v6), ([network, prefix, other, family]) => {
        const list = new BlockList()
        list.addSubnet(network, prefix, family)
        const range = parseIpRange(`${network}/${prefix}`)
        const probes = [network, other]
        if (range === undefined) return
        for (const probe of probes) expect(isIn(probe, `${network}/${prefix}`)).toBe(list.check(probe, family))
      }),
    )
  })

  it('ends where its prefix says', () => {
    expect(isIn('10.0.3.255', '10.0.3.0/24')).toBe(true)
    expect(isIn('10.0.4.0', '10.0.3.0/24')).toBe(false)
    expect(isIn('10.0.3.129', '10.0.3.128/25')).toBe(true)
    expect(isIn('10.0.3.127', '10.0.3.128/25')).toBe(false)
    expect(isIn('::ffff:10.0.3.9', '10.0.3.0/24')).toBe(true)
    expect(isIn('2001:db8::1', '2001:db8::/32')).toBe(true)
    expect(isIn('2001:db9::1', '2001:db8::/32')).toBe(false)
    expect(isIn('10.0.0.1', '10.0.0.1')).toBe(true)
    expect(isIn('10.0.0.2', '10.0.0.1')).toBe(false)
    expect(isIn('10.0.0.1', '::/64')).toBe(true)
    expect(isIn('10.0.0.1', '::/96')).toBe(false)
  })

  it.each([
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0.0/a',
    '10.0.0.1/24',
    '2001:db8::1/32',
    'fe80::1%eth0',
    'example.com',
  ])('is none as %j', (text) => {
    expect(parseIpRange(text)).toBeUndefined()
  })
})
