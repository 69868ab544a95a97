import { createHash, randomUUID } from 'node:crypto'
import type { FakeClock } from '../fake-clock.js'
import { type JsonRecord, signJws } from '../jws/compact-jws.js'
import { createSigningKey, publish, publishEc, type SigningAlgorithm, type SigningKey } from '../jws/signing-key.js'
import { refuseUnknown } from '../known-names.js'

/** What a client's key is made with. */
export interface DpopKeyOptions {
  /** What proofs are signed with. Default `'ES256'`. */
  readonly algorithm?: SigningAlgorithm
  /** When proofs say they are made: give the clock of the fake. Default: real time. */
  readonly clock?: Pick<FakeClock, 'now'>
}

/** What a proof is for (RFC 9449 §4.2). */
export interface DpopProofRequest {
  /** `htm`: the method of the request, as `'GET'`. */
  readonly method: string
  /** `htu`: the address of the request. The claim has no query and no fragment. */
  readonly url: string | URL
  /** The access token the request carries; its hash becomes `ath`. Default none: a request to the token endpoint. */
  readonly accessToken?: string
  /** `nonce`: what the server asked for. Default none. */
  readonly nonce?: string
  /** Further claims, or other values for the rest, to make a proof wrong; `undefined` takes one away. Default none. */
  readonly claims?: JsonRecord
  /** The same for the header. Default none. */
  readonly header?: JsonRecord
}

/** A key of a client, and the proofs that it holds it (RFC 9449). */
export interface DpopKey {
  /** The public key. */
  readonly publicJwk: JsonRecord
  /** Its thumbprint (RFC 7638), base64url. */
  readonly thumbprint: string
  /** For `accessToken({ cnf })`: binds a token to this key. */
  readonly cnf: { readonly jkt: string }
  /** The value of the `DPoP` header for one request. Each proof has its own `jti`. */
  proof(request: DpopProofRequest): Promise<string>
}

const MAKER = 'dpopKey'
const PROOF_MEMBERS = ['method', 'url', 'accessToken', 'nonce', 'claims', 'header']

/** Makes a fresh key that proofs of possession are signed with. */
export async function dpopKey(options: DpopKeyOptions = {}): Promise<DpopKey> {
  refuseUnknown(MAKER, 'the key', options, ['algorithm', 'clock'])
  const { algorithm = 'ES256', clock = Date } = options
  if (algorithm !== 'ES256' && algorithm !== 'RS256') {
    throw new TypeError(`${MAKER}: algorithm must be 'ES256' or 'RS256'`)
  }
  const key = await createSigningKey(algorithm)
  const publicJwk = publicJwkOf(key)
  const thumbprint = sha256(JSON.stringify(publicJwk))
  return {
    publicJwk,
    thumbprint,
    cnf: Object.freeze({ jkt: thumbprint }),
    async proof(request) {
      refuseUnknown(MAKER, 'proof', request, PROOF_MEMBERS)
      const { method, url, accessToken, nonce, claims, header } = request
      if (typeof method !== 'string' || method === '') throw new TypeError(`${MAKER}: proof takes the method as text`)
      const proofHeader = { typ: 'dpop+jwt', alg: algorithm, jwk: publicJwk, ...header }
      const proofClaims = {
        jti: randomUUID(),
        htm: method,
        htu: targetOf(url),
        iat: Math.floor(clock.now() / 1_000),
        ...(accessToken !== undefined && { ath: sha256(accessToken) }),
        ...(nonce !== undefined && { nonce }),
        ...claims,
      }
      return signJws(proofHeader, proofClaims, key)
    },
  }
}

/** The members a thumbprint is made of, in its order (RFC 7638 §3.2), are all that a public key needs. */
function publicJwkOf(key: SigningKey): JsonRecord {
  if (key.alg === 'ES256') {
    const { crv, kty, x, y } = publishEc(key)
    return Object.freeze({ crv, kty, x, y })
  }
  const { e, kty, n } = publish(key)
  return Object.freeze({ e, kty, n })
}

function targetOf(url: string | URL): string {
  if (!URL.canParse(String(url))) {
    throw new TypeError(`${MAKER}: proof takes the whole url, as https://api.example/orders`)
  }
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
