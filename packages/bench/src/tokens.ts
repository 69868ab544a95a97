import { createHash, generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto'

export type Algorithm = 'RS256' | 'ES256' | 'EdDSA'

export const ISSUER = 'https://login.example.com/realms/orders'
export const AUDIENCE = 'https://api.example.com'
export const CLIENT = 'web-portal'
/** Every token has it, and every contender asks for it where it can. */
export const SCOPE = 'orders/read'

/** A key that signs tokens, with the key set that verifies them. */
export interface Signer {
  readonly algorithm: Algorithm
  readonly jwks: { readonly keys: readonly (Record<string, unknown> & { readonly kid: string })[] }
  /** PEM, for those who take nothing else. */
  readonly publicKey: string
  /** The members of its header may be others. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): string
  /** A token of whatever is given, in base64url already. */
  sealed(header: string, payload: string): string
}

export function createSigner(algorithm: Algorithm): Signer {
  const { publicKey, privateKey } = keyPair(algorithm)
  const own = randomBytes(16).toString('base64url')
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: own, alg: algorithm, use: 'sig' }
  return {
    algorithm,
    jwks: { keys: [jwk] },
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    token(claims, header) {
      const all = { alg: algorithm, kid: own, typ: 'at+jwt', ...header }
      return sealed(encoded(all), encoded({ ...accessTokenClaims(), ...claims }))
    },
    sealed,
  }

  function sealed(header: string, payload: string): string {
    const signingInput = `${header}.${payload}`
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
    return `${signingInput}.${sign(digestOf(algorithm), Buffer.from(signingInput), key).toString('base64url')}`
  }
}

/** `null` where the algorithm brings its own. */
export function digestOf(algorithm: Algorithm): 'sha256' | null {
  return algorithm === 'EdDSA' ? null : 'sha256'
}

/** The claims of an access token such as authorization servers issue them, of the usual size. */
export function accessTokenClaims(): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1_000)
  return {
    iss: ISSUER,
    sub: randomUUID(),
    aud: AUDIENCE,
    client_id: CLIENT,
    scope: `openid profile email ${SCOPE} orders/write`,
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

/** What contenders check that have no option for it. */
export function mustHaveScope(scope: unknown): void {
  if (!String(scope).split(' ').includes(SCOPE)) throw new Error('no scope')
}

function keyPair(algorithm: Algorithm): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return algorithm === 'RS256'
    ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

export function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
