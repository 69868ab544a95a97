import crypto from 'node:crypto'
import type { Prepare } from '../../measure/contender.ts'
import { digestOf } from '../../tokens.ts'
import type { VerificationSetup } from '../verification-setup.ts'

/** Node's own verification with a bare key, and nothing else: everything was decoded before. */
export const prepare: Prepare<VerificationSetup> = async ({ tokens, publicKey, algorithm }) => {
  const key = crypto.createPublicKey(publicKey)
  const digest = digestOf(algorithm)
  const signed = tokens.map((token) => {
    const end = token.lastIndexOf('.')
    const signature = Buffer.from(token.slice(end + 1), 'base64url')
    return { data: Buffer.from(token.slice(0, end)), signature: algorithm === 'ES256' ? der(signature) : signature }
  })
  return (index) => {
    const { data, signature } = signed[index % signed.length] as (typeof signed)[number]
    if (!crypto.verify(digest, data, key, signature)) throw new Error('not verified')
  }
}

/** Options would make OpenSSL take the form of a JWS, and make it much slower. */
export function der(signature: Buffer): Buffer {
  const [r, s] = [integer(signature.subarray(0, 32)), integer(signature.subarray(32))]
  return Buffer.from([0x30, r.length + s.length, ...r, ...s])
}

function integer(bytes: Buffer): readonly number[] {
  const magnitude = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
  const sign = (magnitude[0] as number) >= 0x80 ? [0] : []
  return [2, magnitude.length + sign.length, ...sign, ...magnitude]
}
