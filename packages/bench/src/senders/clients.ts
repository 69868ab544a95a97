import { createHash, createPublicKey, randomUUID } from 'node:crypto'
import { createSigner, encoded, type Signer } from '../tokens.ts'
import { METHOD, TARGET } from './sender-setup.ts'

/** A client of DPoP. */
export interface Client {
  readonly publicKey: string
  /** For the `cnf` of its tokens. */
  readonly thumbprint: string
  /** A proof made now, for one request with that token. */
  proof(token: string): string
}

export function createClients(count: number): readonly Client[] {
  return Array.from({ length: count }, () => clientOf(createSigner('ES256')))
}

function clientOf({ publicKey, sealed }: Signer): Client {
  const { crv, kty, x, y } = createPublicKey(publicKey).export({ format: 'jwk' })
  const jwk = { crv, kty, x, y }
  const header = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk })
  return {
    publicKey,
    thumbprint: sha256(JSON.stringify(jwk)),
    proof(token) {
      const iat = Math.floor(Date.now() / 1_000)
      return sealed(header, encoded({ jti: randomUUID(), htm: METHOD, htu: TARGET, iat, ath: sha256(token) }))
    },
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
