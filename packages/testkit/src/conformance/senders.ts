import { randomBytes } from 'node:crypto'
import type { ConformanceSenderConstraints } from './app-description.js'

/** Where clients believe the app to be, as behind a proxy. */
export const PUBLIC_URL = 'https://api.example'
/** What clients call it, and where its metadata are then (RFC 9728 §3.1). */
export const RESOURCE = `${PUBLIC_URL}/orders-api`
export const METADATA_PATH = '/.well-known/oauth-protected-resource/orders-api'
export const CERTIFICATE_HEADER = 'client-cert'
export const PROXY = { secretHeader: { name: 'x-proxy-secret', value: randomBytes(24).toString('base64url') } } as const

export const SENDER_CONSTRAINTS: ConformanceSenderConstraints = {
  dpop: { publicUrl: PUBLIC_URL, nonce: { secret: randomBytes(24).toString('base64url'), rotateEvery: '5m' } },
  clientCertHeader: { trustedProxy: PROXY, chainVerified: true },
}
