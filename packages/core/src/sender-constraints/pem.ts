import { decodeBase64url } from '../vocabulary/base64url.js'

/** One block; lines end as they may, and hold nothing but base64 (RFC 7468 §3). */
const BLOCK = /-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n?-----END CERTIFICATE-----\s*/y
/** An intermediate or two are common, ten are not. */
const MAX_CERTIFICATES = 10

/**
 * Certificates of a PEM text, in DER and in its order; `undefined` where anything else stands in it. Spaces in place of
 * line ends, which a form decoder leaves behind, are no PEM either: whatever wrote them has changed more.
 */
export function parsePem(text: string): readonly Uint8Array[] | undefined {
  const certificates: Uint8Array[] = []
  BLOCK.lastIndex = text.length - text.trimStart().length
  while (BLOCK.lastIndex < text.length) {
    const body = BLOCK.exec(text)?.[1]
    const der = body === undefined ? undefined : decodeBase64(body.replaceAll(/[\r\n]/g, ''))
    if (der === undefined || certificates.push(der) > MAX_CERTIFICATES) return undefined
  }
  return certificates.length === 0 ? undefined : certificates
}

/** Base64 in its first alphabet (RFC 4648 §4), with its padding; `undefined` for every other spelling. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return decodeBase64url(text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''))
}
