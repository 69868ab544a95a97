import crypto, { type KeyObject } from 'node:crypto'
import type { Prepare } from '../../measure/contender.ts'
import { der } from '../../verification/contenders/raw.ts'
import type { ProofSetup } from '../sender-setup.ts'

/** Node's own verification of both signatures with bare keys, and nothing else: everything was decoded before. */
export const prepare: Prepare<ProofSetup> = async (setup) => {
  const ofTokens = verifierOf(setup.tokens, [setup.publicKey])
  const ofProofs = verifierOf(setup.proofs, setup.clientKeys)
  return (index) => {
    ofTokens(index)
    ofProofs(index)
  }
}

/** `keys`: of each text, in turn. */
export function verifierOf(texts: readonly string[], keys: readonly string[]): (index: number) => void {
  const imported = keys.map((key) => crypto.createPublicKey(key))
  const signed = texts.map((text) => {
    const end = text.lastIndexOf('.')
    return { data: Buffer.from(text.slice(0, end)), signature: der(Buffer.from(text.slice(end + 1), 'base64url')) }
  })
  return (index) => {
    const place = index % signed.length
    const { data, signature } = signed[place] as (typeof signed)[number]
    const key = imported[place % imported.length] as KeyObject
    if (!crypto.verify('sha256', data, key, signature)) throw new Error('not verified')
  }
}
