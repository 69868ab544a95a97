import { createHmac } from 'node:crypto'
import { decodeJws, type JsonRecord, signingInput, signJws } from '../jws/compact-jws.js'
import type { SigningKey } from '../jws/signing-key.js'
import type { DpopProofRequest } from './proof-claims.js'

/** Makes one wrong proof. It takes what `proof` takes. */
type Forge = (request: DpopProofRequest) => Promise<string>

/**
 * Proofs that an API must refuse (RFC 9449 §4.3), each wrong in one way and right in all others. A proof that is right and
 * comes twice is wrong the second time, too.
 */
export interface ForgedProofs {
  /** `typ` is the one of an access token. */
  readonly otherType: Forge
  /** Without `typ`. */
  readonly withoutType: Forge
  /** `alg: none`, no signature. */
  readonly algNone: Forge
  /** `alg: HS256`, with the public key as the secret. */
  readonly hs256WithPublicKey: Forge
  /** Without `jwk`. */
  readonly withoutKey: Forge
  /** `jwk` holds the private key. */
  readonly privateKey: Forge
  /** `jwk` is another key than the one that signed. */
  readonly otherKey: Forge
  /** Signed with another key, which is the one in `jwk`: a good proof of somebody else. */
  readonly strangersKey: Forge
  /** The claims were changed after they were signed. */
  readonly tampered: Forge
  /** With a `crit` header that names an extension nobody knows (RFC 7515 §4.1.11). */
  readonly critical: Forge
  /** Without `jti`. */
  readonly withoutId: Forge
  /** Without `htm`. */
  readonly withoutMethod: Forge
  /** Without `htu`. */
  readonly withoutUrl: Forge
  /** Without `iat`. */
  readonly withoutTime: Forge
  /** Without `ath`. */
  readonly withoutTokenHash: Forge
  /** `htm` is another method. */
  readonly otherMethod: Forge
  /** `htu` has another path. */
  readonly otherPath: Forge
  /** `htu` has another host. */
  readonly otherHost: Forge
  /** `ath` is the hash of another token. */
  readonly otherToken: Forge
  /** `iat` was an hour ago. */
  readonly tooOld: Forge
  /** `iat` is an hour from now. */
  readonly fromTheFuture: Forge
  /** `nonce` is none of the API. */
  readonly otherNonce: Forge
}

/** What forgeries are made with. */
export interface ProofMaker {
  readonly key: SigningKey
  readonly publicJwk: JsonRecord
  /** Of somebody else. */
  stranger(): Promise<{ readonly key: SigningKey; readonly publicJwk: JsonRecord }>
  /** What a right proof would say. */
  contents(request: DpopProofRequest): { readonly header: JsonRecord; readonly claims: JsonRecord }
}

const HOUR = 3_600

export function forgedProofs(maker: ProofMaker): ForgedProofs {
  const { key, publicJwk, contents } = maker

  /** Changes what a right proof would say; `undefined` takes a member away. */
  const changed =
    (changesOf: (claims: JsonRecord) => { readonly header?: JsonRecord; readonly claims?: JsonRecord }): Forge =>
    async (request) => {
      const { header, claims } = contents(request)
      const changes = changesOf(claims)
      return signJws({ ...header, ...changes.header }, { ...claims, ...changes.claims }, key)
    }
  const withHeader = (header: JsonRecord) => changed(() => ({ header }))
  const withClaims = (claims: JsonRecord) => changed(() => ({ claims }))
  const elsewhere = (change: (url: URL) => void) =>
    changed(({ htu }) => {
      const url = new URL(htu as string)
      change(url)
      return { claims: { htu: url.href } }
    })
  const moved = (seconds: number) => changed(({ iat }) => ({ claims: { iat: (iat as number) + seconds } }))

  return {
    otherType: withHeader({ typ: 'at+jwt' }),
    withoutType: withHeader({ typ: undefined }),
    async algNone(request) {
      const { header, claims } = contents(request)
      return `${signingInput({ ...header, alg: 'none' }, claims)}.`
    },
    async hs256WithPublicKey(request) {
      const { header, claims } = contents(request)
      const input = signingInput({ ...header, alg: 'HS256' }, claims)
      return `${input}.${createHmac('sha256', JSON.stringify(publicJwk)).update(input).digest('base64url')}`
    },
    withoutKey: withHeader({ jwk: undefined }),
    privateKey: withHeader({ jwk: key.privateKey.export({ format: 'jwk' }) }),
    async otherKey(request) {
      const { publicJwk: jwk } = await maker.stranger()
      return withHeader({ jwk })(request)
    },
    async strangersKey(request) {
      const { header, claims } = contents(request)
      const stranger = await maker.stranger()
      return signJws({ ...header, jwk: stranger.publicJwk }, claims, stranger.key)
    },
    async tampered(request) {
      const { header, claims } = contents(request)
      const { signature } = decodeJws(await signJws(header, claims, key))
      return `${signingInput(header, { ...claims, jti: 'another' })}.${signature}`
    },
    critical: withHeader({ crit: ['https://extension.example'], 'https://extension.example': true }),
    withoutId: withClaims({ jti: undefined }),
    withoutMethod: withClaims({ htm: undefined }),
    withoutUrl: withClaims({ htu: undefined }),
    withoutTime: withClaims({ iat: undefined }),
    withoutTokenHash: withClaims({ ath: undefined }),
    otherMethod: changed(({ htm }) => ({ claims: { htm: htm === 'PATCH' ? 'DELETE' : 'PATCH' } })),
    otherPath: elsewhere((url) => (url.pathname = `${url.pathname}/other`)),
    otherHost: elsewhere((url) => (url.hostname = 'other.example')),
    otherToken: withClaims({ ath: 'Zm9yIGFub3RoZXIgdG9rZW4gdGhhbiB0aGUgb25lIHNlbnQ' }),
    tooOld: moved(-HOUR),
    fromTheFuture: moved(HOUR),
    otherNonce: withClaims({ nonce: 'none-of-the-api' }),
  }
}
