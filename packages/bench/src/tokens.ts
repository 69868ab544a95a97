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
  /** Many of the usual claims, on as many threads as Node signs with. */
  tokens(count: number): Promise<readonly string[]>
  /** A token of whatever is given, in base64url already. */
  sealed(header: string, payload: string): string
}

export function createSigner(algorithm: Algorithm): Signer {
  const { publicKey, privateKey } = keyPair(algorithm)
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
  const own = randomBytes(16).toString('base64url')
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: own, alg: algorithm, use: 'sig' }
  return {
    algorithm,
    jwks: { keys: [jwk] },
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    token(claims, header) {
      return sealed(headerOf(header), encoded({ ...accessTokenClaims(), ...claims }))
    },
    tokens(count) {
      const header = headerOf()
      return Promise.all(
        Array.from({ length: count }, () => signedElsewhere(`${header}.${encoded(accessTokenClaims())}`)),
      )
    },
    sealed,
  }

  function headerOf(members?: Readonly<Record<string, unknown>>): string {
    return encoded({ alg: algorithm, kid: own, typ: 'at+jwt', ...members })
  }

  function sealed(header: string, payload: string): string {
    const signingInput = `${header}.${payload}`
    return `${signingInput}.${sign(digestOf(algorithm), Buffer.from(signingInput), key).toString('base64url')}`
  }

  function signedElsewhere(signingInput: string): Promise<string> {
    return new Promise((resolve, reject) => {
      sign(digestOf(algorithm), Buffer.from(signingInput), key, (error, signature) => {
        if (error === null) resolve(`${signingInput}.${signature.toString('base64url')}`)
        else reject(error)
      })
    })
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
