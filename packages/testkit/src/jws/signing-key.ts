import { createPublicKey, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'

/** An RSA key pair with a name as Cognito gives them: 32 bytes in padded base64. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
}

/** A public key as Cognito publishes it: these members, in this order. */
export interface PublishedKey {
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

const generate = promisify(generateKeyPair)

export async function createSigningKey(kid: string = randomKid()): Promise<SigningKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  return { kid, privateKey }
}

export function randomKid(): string {
  return randomBytes(32).toString('base64')
}

export function publish({ kid, privateKey }: SigningKey): PublishedKey {
  const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { alg: 'RS256', e: e as string, kid, kty: 'RSA', n: n as string, use: 'sig' }
}

export function signRs256(input: string, { privateKey }: SigningKey): string {
  return sign('sha256', Buffer.from(input), privateKey).toString('base64url')
}
