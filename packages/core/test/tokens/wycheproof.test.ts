import { describe, expect, it } from 'vitest'
import { signatureVerifier } from '#signature'
import { algorithms, isSignatureAlgorithm, type SignatureAlgorithm } from '../../src/keys/algorithms.js'
import { createKeySet } from '../../src/keys/key-set.js'
import { takeApart } from '../../src/tokens/compact-jws.js'
import { decodeBase64url } from '../../src/vocabulary/base64url.js'
import type { JsonObject } from '../../src/vocabulary/json-object.js'
import encryption from '../vectors/wycheproof/json_web_crypto_test.json' with { type: 'json' }
import keySets from '../vectors/wycheproof/json_web_key_test.json' with { type: 'json' }
import signatures from '../vectors/wycheproof/json_web_signature_test.json' with { type: 'json' }

interface TestGroup {
  readonly comment: string
  readonly public?: JsonObject
  readonly private?: JsonObject
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    /** An object in JSON serialization. */
    readonly jws?: string | object
    readonly jwe?: string | object
    readonly result: 'valid' | 'invalid'
  }[]
}

const accepted = Object.keys(algorithms) as SignatureAlgorithm[]

/** The way of a token through the floors, without the claims: most vectors sign a text that is no JSON. */
async function verifies(token: string, keys: readonly JsonObject[]): Promise<boolean> {
  const parts = takeApart(token, 16_384)
  if (typeof parts === 'string' || decodeBase64url(parts.encodedPayload) === undefined) return false
  const { alg, kid } = parts.header
  if (!isSignatureAlgorithm(alg)) return false
  const set = await createKeySet({ keys }, { allowed: accepted, ignored: () => {} })
  for (const key of set?.select({ algorithm: alg, kid }) ?? []) {
    if (await signatureVerifier.verifySignature(key, parts.signingInput, parts.signature)) return true
  }
  return false
}

function textOf(token: string | object | undefined): string {
  return typeof token === 'string' ? token : JSON.stringify(token)
}

function keysOf({ public: publicKey, private: privateKey }: TestGroup): readonly JsonObject[] {
  const key = publicKey ?? privateKey ?? {}
  return Array.isArray(key['keys']) ? (key['keys'] as JsonObject[]) : [key]
}

/**
 * Genuine by Wycheproof's word and refused here, each for a reason: a resource server shares no secret and reads no
 * encrypted token, and a key is used for its own `alg` alone.
 */
function whyRefusedThoughValid(token: string, keys: readonly JsonObject[]): string | undefined {
  if (token.split('.').length === 5) return 'encrypted'
  const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()
  const { alg } = JSON.parse(header) as { alg: string }
  if (alg.startsWith('HS')) return 'hmac'
  if (keys.every((key) => key['alg'] !== undefined && key['alg'] !== alg)) return "not the key's alg"
  return undefined
}

/** Imported, not read: not every runtime has files. */
const files: readonly (readonly [name: string, groups: readonly TestGroup[], tests: number])[] = [
  ['json_web_signature_test', signatures.testGroups as never, 401],
  ['json_web_crypto_test', encryption.testGroups as never, 83],
  ['json_web_key_test', keySets.testGroups as never, 26],
]

describe.each(files)('Wycheproof %s', (_, groups, expectedCount) => {
  it('is complete', () => {
    expect(groups.reduce((sum, { tests }) => sum + tests.length, 0)).toBe(expectedCount)
  })

  it.each(
    groups.flatMap((group) => group.tests.map((test) => ({ group: group.comment, keys: keysOf(group), ...test }))),
  )('$group $tcId $comment is $result', async ({ keys, jws, jwe, result }) => {
    const token = textOf(jws ?? jwe)
    const expected = result === 'valid' && whyRefusedThoughValid(token, keys) === undefined
    expect(await verifies(token, keys)).toBe(expected)
  })
})

it('the vectors hold genuine signatures of every family that is accepted', async () => {
  let genuine = 0
  for (const group of files[0]?.[1] ?? []) {
    for (const { jws, result } of group.tests) {
      if (result === 'valid' && whyRefusedThoughValid(textOf(jws), keysOf(group)) === undefined) genuine += 1
    }
  }
  expect(genuine).toBe(32)
})
