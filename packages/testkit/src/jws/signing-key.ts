import {
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto'
import { promisify } from 'node:util'
import { takeRsaKey } from './rsa-key-reserve.js'

/** The algorithms a fake signs with. */
export type SigningAlgorithm = 'RS256' | 'ES256'

/** A key pair with a name as Cognito gives them: 32 bytes in padded base64. */
export interface SigningKey {
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly privateKey: KeyObject
}

/**
 * A public RSA key as Cognito publishes it: these members, in this order. A type, since libraries that take key sets as
 * JSON take no interface for it.
 */
export type PublishedKey = {
  /** The algorithm of every Cognito key. */
  readonly alg: 'RS256'
  /** RSA exponent, base64url. */
  readonly e: string
  /** Name of the key, padded base64. */
  readonly kid: string
  /** Key type. */
  readonly kty: 'RSA'
  /** RSA modulus, base64url. */
  readonly n: string
  /** For signatures. */
  readonly use: 'sig'
}

/** A public key on the curve P-256, as it is published (RFC 7518 §6.2). */
export type PublishedEcKey = {
  /** The algorithm of every key on this curve. */
  readonly alg: 'ES256'
  /** The curve. */
  readonly crv: 'P-256'
  /** Name of the key, padded base64. */
  readonly kid: string
  /** Key type. */
  readonly kty: 'EC'
  /** For signatures. */
  readonly use: 'sig'
  /** First coordinate, base64url. */
  readonly x: string
  /** Second coordinate, base64url. */
  readonly y: string
}

const generate = promisify(generateKeyPair)
const signOnThread = promisify<string, Buffer, ReturnType<typeof signatureKey>, Buffer>(signBytes)

export async function createSigningKey(
  alg: SigningAlgorithm = 'RS256',
  kid: string = randomBytes(32).toString('base64'),
): Promise<SigningKey> {
  const privateKey = alg === 'RS256' ? await takeRsaKey() : (await generate('ec', { namedCurve: 'P-256' })).privateKey
  return { kid, alg, privateKey }
}

/** The public half of an RSA key. */
export function publish({ kid, privateKey }: SigningKey): PublishedKey {
  const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { alg: 'RS256', e: e as string, kid, kty: 'RSA', n: n as string, use: 'sig' }
}

/** The public half of a key on P-256. */
export function publishEc({ kid, privateKey }: SigningKey): PublishedEcKey {
  const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { alg: 'ES256', crv: 'P-256', kid, kty: 'EC', use: 'sig', x: x as string, y: y as string }
}

/** On the threads of the pool, so that many tokens are signed on all cores. */
export async function sign(input: string, key: SigningKey): Promise<string> {
  return (await signOnThread('sha256', Buffer.from(input), signatureKey(key))).toString('base64url')
}

export function isSignedBy(key: SigningKey, input: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64url')
  // A private key verifies, too: Node takes the public half.
  return verifyBytes('sha256', Buffer.from(input), signatureKey(key), bytes)
}

/** JWS takes the two numbers of an ECDSA signature side by side (RFC 7518 §3.4). */
function signatureKey({ alg, privateKey }: SigningKey) {
  return alg === 'RS256' ? privateKey : { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
}
