import { type Duration, milliseconds } from '../duration.js'
import { refuseUnknown } from '../known-names.js'

/** What a certificate is issued for. */
export interface CertificateRequest {
  /** `CN` of its subject. Default `'client'`, or `'localhost'` for a server. */
  readonly commonName?: string
  /** `O` of its subject. Default none. */
  readonly organization?: string
  /** Host names among its alternative names. Default none; a server has its own beside them. */
  readonly dns?: readonly string[]
  /** URIs among them, such as `spiffe://partner.example/orders`. Default none. */
  readonly uri?: readonly string[]
  /** Addresses of mail among them. Default none. */
  readonly email?: readonly string[]
  /** IP addresses among them. Default none. */
  readonly ip?: readonly string[]
  /** From now to its end. Default `'1h'`; a negative time is over. */
  readonly expiresIn?: Duration
}

export const MAKER = 'certificateAuthority'
const KNOWN = ['commonName', 'organization', 'dns', 'uri', 'email', 'ip', 'expiresIn']

interface AlternativeName {
  readonly type: 'dns' | 'url' | 'email' | 'ip'
  readonly value: string
}

export interface CheckedRequest {
  /** As the X.509 library writes names: from the root on. */
  readonly subject: string
  readonly names: readonly AlternativeName[]
  readonly notBefore: Date
  readonly notAfter: Date
}

/** `method`: the one that takes the request, for messages. */
export function checkRequest(method: string, request: CertificateRequest, commonNameByDefault: string): CheckedRequest {
  refuseUnknown(MAKER, method, request, KNOWN)
  const { commonName = commonNameByDefault, organization, expiresIn = '1h' } = request
  for (const [name, value] of Object.entries({ commonName, organization })) {
    if (value !== undefined && (typeof value !== 'string' || !/^[\w .@-]+$/.test(value))) {
      throw new TypeError(`${MAKER}: ${name} must be letters, digits, spaces, dots, hyphens, underscores or @`)
    }
  }
  const { dns = [], uri = [], email = [], ip = [] } = request
  for (const [name, list] of Object.entries({ dns, uri, email, ip })) {
    if (!Array.isArray(list) || !list.every((value) => typeof value === 'string' && value !== '')) {
      throw new TypeError(`${MAKER}: ${name} must be a list of names`)
    }
  }
  return {
    subject: organization === undefined ? `CN=${commonName}` : `O=${organization}, CN=${commonName}`,
    names: [...named('dns', dns), ...named('url', uri), ...named('email', email), ...named('ip', ip)],
    ...validFor(milliseconds(MAKER, 'expiresIn', expiresIn)),
  }
}

function named(type: AlternativeName['type'], list: readonly string[]): readonly AlternativeName[] {
  return list.map((value) => ({ type, value }))
}

/** From an hour before now, or before the end where that is earlier. */
export function validFor(lifetime: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const notAfter = Date.now() + lifetime
  return { notBefore: new Date(Math.min(Date.now(), notAfter) - 3_600_000), notAfter: new Date(notAfter) }
}
