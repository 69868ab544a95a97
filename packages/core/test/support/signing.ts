import {
  constants,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  type SignKeyObjectInput,
} from 'node:crypto'

/** A key pair to issue tokens with. Signs with node:crypto, independently of the code under test. */
export interface Signer {
  readonly alg: string
  readonly kid: string
  readonly privateKey: KeyObject
  /** The public key as a JWK, with `kid`, `alg` and `use`. */
  readonly jwk: Readonly<Record<string, unknown>>
}

const curveOf: Record<string, string> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

export function signer(alg = 'RS256', { modulusLength = 2048, kid = randomUUID() as string } = {}): Signer {
  const { publicKey, privateKey } = alg.startsWith('Ed')
    ? generateKeyPairSync('ed25519')
    : alg.startsWith('ES')
      ? generateKeyPairSync('ec', { namedCurve: curveOf[alg] as string })
      : generateKeyPairSync('rsa', { modulusLength })
  // Not every runtime leaves the private members out.
  const { kty, n, e, crv, x, y } = publicKey.export({ format: 'jwk' })
  const material = kty === 'RSA' ? { n, e } : kty === 'EC' ? { crv, x, y } : { crv, x }
  return { alg, kid, privateKey, jwk: { kty, ...material, kid, alg, use: 'sig' } }
}

export interface TokenParts {
  /** Replaces or extends `{ alg, kid }`; text is taken as it is. */
  readonly header?: Record<string, unknown> | string
  /** The payload; text is taken as it is. */
  readonly payload: Record<string, unknown> | string
}

/** Signs whatever it is given, nonsense included. */
export function issue({ alg, kid, privateKey }: Signer, { header = {}, payload }: TokenParts): string {
  const encode = (part: Record<string, unknown> | string) =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
  const head = typeof header === 'string' ? header : { alg, kid, ...header }
  return sealed(`${encode(head)}.${encode(payload)}`, { alg, privateKey })
}

/** Adds the signature to a signing input, whatever that is. */
export function sealed(input: string, { alg, privateKey }: Pick<Signer, 'alg' | 'privateKey'>): string {
  const signature = alg.startsWith('Ed') ? sign(null, Buffer.from(input), privateKey) : signed(input, alg, privateKey)
  return `${input}.${signature.toString('base64url')}`
}

/** By `createSign`, since the shorter `sign` of workerd minds no padding; beside options it takes a key as text alone. */
function signed(input: string, alg: string, privateKey: KeyObject): Buffer {
  const isWorkerd = navigator.userAgent === 'Cloudflare-Workers'
  const key = isWorkerd ? privateKey.export({ type: 'pkcs8', format: 'pem' }) : privateKey
  const options = alg.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { dsaEncoding: 'ieee-p1363' as const }
  const signature = createSign(`sha${alg.slice(2)}`).update(input)
  return signature.sign({ key, ...options } as SignKeyObjectInput)
}
