import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import { encodeBase64url } from '../vocabulary/base64url.js'

/** Options of {@link privateKeyJwt}. */
export interface PrivateKeyJwtOptions {
  /** The client's id: `iss` and `sub` of the assertion. */
  readonly clientId: string
  /** The client's private key as a JWK (RFC 7517); `alg` says how it signs, `kid` is repeated in the assertion. */
  readonly privateKey: Readonly<Record<string, unknown>>
  /** Whom the assertion is for, `aud`. Default: the issuer identifier (RFC 7523 §3). */
  readonly audience?: string | undefined
}

/** How each key signs: the key type and curve decide, never more than one way. */
const SIGNATURES = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  EdDSA: { name: 'Ed25519' },
} as const

/** An assertion is used once, at once. */
const LIFETIME_SECONDS = 60

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>

export function createAssertionSigner(
  options: PrivateKeyJwtOptions,
): (context: { readonly issuer: string; readonly now: number }) => Promise<string> {
  checkOptionNames('privateKeyJwt', options, ['clientId', 'privateKey', 'audience'])
  const { clientId, privateKey, audience } = options
  for (const [name, value] of Object.entries({ clientId, ...(audience !== undefined && { audience }) })) {
    if (typeof value !== 'string' || value === '') {
      throw new ConfigurationError(`privateKeyJwt.${name}`, 'must be text that is not empty')
    }
  }
  const { alg, kid, ...jwk } = checkKey(privateKey)
  let key: Promise<Key> | undefined
  return async ({ issuer, now }) => {
    key ??= importKey(jwk, alg)
    const iat = Math.floor(now / 1_000)
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: audience ?? issuer,
      jti: crypto.randomUUID(),
      iat,
      exp: iat + LIFETIME_SECONDS,
    }
    const input = `${encode({ alg, ...(kid !== undefined && { kid }) })}.${encode(claims)}`
    const signature = await crypto.subtle.sign(SIGNATURES[alg], await key, new TextEncoder().encode(input))
    return `${input}.${encodeBase64url(new Uint8Array(signature))}`
  }
}

function encode(part: object): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(part)))
}

async function importKey(jwk: Record<string, unknown>, alg: keyof typeof SIGNATURES): Promise<Key> {
  try {
    return await crypto.subtle.importKey('jwk', jwk, SIGNATURES[alg], false, ['sign'])
  } catch {
    // Without the cause: it may name parts of the key.
    throw new ConfigurationError('privateKeyJwt.privateKey', `is not a private key for ${alg}`)
  }
}

function checkKey(privateKey: unknown) {
  const option = 'privateKeyJwt.privateKey'
  if (typeof privateKey !== 'object' || privateKey === null) throw new ConfigurationError(option, 'must be a JWK')
  // What a JWK says of its use is about others; this one signs.
  const { alg, kid, use: _, key_ops: __, ...jwk } = privateKey as Record<string, unknown>
  if (typeof jwk['d'] !== 'string') throw new ConfigurationError(option, 'must be a private key (with d)')
  if (typeof alg !== 'string' || !Object.hasOwn(SIGNATURES, alg)) {
    throw new ConfigurationError(`${option}.alg`, `must be one of ${Object.keys(SIGNATURES).join(', ')}`)
  }
  if (kid !== undefined && typeof kid !== 'string') throw new ConfigurationError(`${option}.kid`, 'must be text')
  return { ...jwk, alg: alg as keyof typeof SIGNATURES, kid }
}
