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

const SMALL_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
]

function powersOf65537(prime: number): Set<number> {
  const powers = new Set<number>()
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power)
  return powers
}
