import { createHash, randomUUID } from 'node:crypto'
import type { JsonRecord } from '../jws/compact-jws.js'
import { refuseUnknown } from '../known-names.js'

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

export const MAKER = 'dpopKey'
const PROOF_MEMBERS = ['method', 'url', 'accessToken', 'nonce', 'claims', 'header']

/** The claims of a proof made now. `method`: the one that takes the request, for messages. */
export function proofClaims(method: string, request: DpopProofRequest, now: number): JsonRecord {
  refuseUnknown(MAKER, method, request, PROOF_MEMBERS)
  const { url, accessToken, nonce, claims } = request
  if (typeof request.method !== 'string' || request.method === '') {
    throw new TypeError(`${MAKER}: ${method} takes the method as text`)
  }
  return {
    jti: randomUUID(),
    htm: request.method,
    htu: targetOf(method, url),
    iat: Math.floor(now / 1_000),
    ...(accessToken !== undefined && { ath: sha256(accessToken) }),
    ...(nonce !== undefined && { nonce }),
    ...claims,
  }
}

function targetOf(method: string, url: string | URL): string {
  if (!URL.canParse(String(url))) {
    throw new TypeError(`${MAKER}: ${method} takes the whole url, as https://api.example/orders`)
  }
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
