/**
 * Whether an encoded Ed25519 key (RFC 8032 §5.1.2) is a point whose order divides 8. Under such a key anybody can sign:
 * the equation of RFC 8032 §5.1.7 hardly depends on the message any more, or not at all, and crypto libraries accept it.
 */
export function isOfSmallOrder(point: Uint8Array): boolean {
  return SMALL_ORDER_Y.has(hexOfY(point))
}

/**
 * The five values of y that the eight points have, and the two that libraries take for one of them although RFC 8032
 * §5.1.3 does not, for being p or more. `ge25519_has_small_order` of libsodium has the same list.
 */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  // 0, 1 and p - 1
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  // of order 8
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  // p and p + 1
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** Without the highest bit, the sign of x: a point and its negative are of the same order. */
function hexOfY(point: Uint8Array): string {
  const last = point.length - 1
  return Array.from(point, (byte, at) => (at === last ? byte & 0x7f : byte).toString(16).padStart(2, '0')).join('')
}
