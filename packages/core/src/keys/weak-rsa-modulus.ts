/**
 * Whether an RSA modulus carries the fingerprint of ROCA (CVE-2017-15361): keys made by certain chips can be factored.
 * Such a modulus is a power of 65537 modulo every small prime; a sound one passes by chance once in 2^27.
 */
export function hasRocaFingerprint(modulus: Uint8Array): boolean {
  return SMALL_PRIMES.every((prime) => powersOf65537(prime).has(remainder(modulus, prime)))
}

/** Of a number in big-endian bytes, by a small one. */
function remainder(bytes: Uint8Array, divisor: number): number {
  let rest = 0
  for (const byte of bytes) rest = (rest * 256 + byte) % divisor
  return rest
}

/** Those modulo which not all is a power of 65537; what tells most comes first, so that one is nearly always enough. */
const SMALL_PRIMES = [97, 37, 79, 11, 61, 73, 127, 151, 13, 17, 19, 53, 71, 103, 107, 109, 157]

function powersOf65537(prime: number): Set<number> {
  const powers = new Set<number>()
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power)
  return powers
}
