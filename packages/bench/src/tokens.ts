import { createHash, generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto'

export type Algorithm = 'RS256' | 'ES256'

export const ISSUER = 'https://login.example.com/realms/orders'
export const AUDIENCE = 'https://api.example.com'
export const CLIENT = 'web-portal'

/** A key that signs tokens, with the key set that verifies them. */
export interface Signer {
  readonly algorithm: Algorithm
  readonly jwks: { readonly keys: readonly (Record<string, unknown> & { readonly kid: string })[] }
  /** PEM, for those who take nothing else. */
  readonly publicKey: string
  token(claims?: Readonly<Record<string, unknown>>): string
}

export function createSigner(algorithm: Algorithm): Signer {
  const { publicKey, privateKey } = keyPair(algorithm)
  const kid = randomBytes(16).toString('base64url')
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }
  const header = encoded({ alg: algorithm, kid, typ: 'at+jwt' })
  return {
    algorithm,
    jwks: { keys: [jwk] },
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    token(claims) {
      const signingInput = `${header}.${encoded({ ...accessTokenClaims(), ...claims })}`
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
      return `${signingInput}.${sign('sha256', Buffer.from(signingInput), key).toString('base64url')}`
    },
  }
}

/** The claims of an access token such as authorization servers issue them, of the usual size. */
export function accessTokenClaims(): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000)
  return {
    iss: ISSUER,
    sub: randomUUID(),
    aud: AUDIENCE,
    client_id: CLIENT,
    scope: 'openid profile email orders/read orders/write',
    iat: now,
    exp: now + 3_600,
    auth_time: now,
    jti: randomUUID(),
    sid: randomUUID(),
    preferred_username: `user-${randomBytes(6).toString('hex')}`,
    groups: ['customers', 'beta-testers', 'eu-west'],
    'https://api.example.com/tenant': createHash('sha256').update(randomBytes(8)).digest('hex'),
  }
}

export function opaqueToken(): string {
  return randomBytes(32).toString('base64url')
}

function keyPair(algorithm: Algorithm): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return algorithm === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
