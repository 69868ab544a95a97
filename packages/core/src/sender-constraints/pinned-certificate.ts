import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import { encodeBase64url } from '../vocabulary/base64url.js'
import { isThumbprint } from '../vocabulary/confirmation.js'
import { equalInConstantTime } from '../vocabulary/constant-time.js'
import { parseIpAddress } from '../vocabulary/ip-address.js'
import { type DistinguishedName, isSameName, parseDistinguishedName } from './distinguished-name.js'
import type { KnownCertificate } from './known-certificates.js'
import type { X509Certificate } from './x509-certificate.js'
import { type AlternativeNames, alternativeNamesOf } from './x509-extensions.js'

/**
 * A certificate, or those that have something in common. All that is given must hold. Names count only in certificates whose
 * chain was verified; the names are those of RFC 8705 §2.1.2.
 */
export interface PinnedCertificate {
  /** SHA-256 of the certificate in DER: base64url, or hex as `openssl x509 -fingerprint -sha256` prints it after `=`. */
  readonly thumbprint?: string | undefined
  /** Its subject as RFC 4514 writes it, whole: `'CN=orders,O=Partner,C=DE'`, of `openssl x509 -subject -nameopt RFC2253`. */
  readonly subject?: string | undefined
  /** The subject of the authority that signed it, in the same way. */
  readonly issuedBy?: string | undefined
  /** A host name among its alternative names. */
  readonly dns?: string | undefined
  /** A URI among them, such as a SPIFFE ID. */
  readonly uri?: string | undefined
  /** An address of mail among them. */
  readonly email?: string | undefined
  /** An IP address among them. */
  readonly ip?: string | undefined
}

/** Whether a certificate is a pinned one. `verified`: its chain was. */
export type PinTest = (known: KnownCertificate, verified: boolean) => boolean

const NAMES = ['subject', 'issuedBy', 'dns', 'uri', 'email', 'ip'] as const
type NameTest = (certificate: X509Certificate, names: AlternativeNames) => boolean

/** `verifies`: whether chains are ever verified, without which no name could match. */
export function checkPinnedCertificate(option: string, pin: PinnedCertificate, verifies: boolean): PinTest {
  checkOptionNames(option, pin, ['thumbprint', ...NAMES])
  const given = pin as PinnedCertificate
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string' || value === '') {
      throw new ConfigurationError(`${option}.${name}`, 'must be text, not empty; leave out what does not matter')
    }
  }
  const thumbprint = given.thumbprint === undefined ? undefined : checkThumbprint(option, given.thumbprint)
  const named = NAMES.filter((name) => given[name] !== undefined)
  if (thumbprint === undefined && named.length === 0) {
    throw new ConfigurationError(option, `must say what the certificate is like: thumbprint, ${NAMES.join(', ')}`)
  }
  if (named.length > 0 && !verifies) {
    throw new ConfigurationError(
      `${option}.${named[0]}`,
      'proves nothing where no chain is verified; pin the thumbprint',
    )
  }
  const tests = named.map((name) => nameTest(`${option}.${name}`, name, given[name] as string))
  return (known, verified) => {
    if (thumbprint !== undefined && !equalInConstantTime(known.thumbprint, thumbprint)) return false
    if (tests.length === 0) return true
    const { certificate } = known
    const names = verified && certificate !== undefined ? alternativeNamesOf(certificate) : undefined
    return names !== undefined && tests.every((test) => test(certificate as X509Certificate, names))
  }
}

function checkThumbprint(option: string, thumbprint: string): string {
  const hex = thumbprint.replaceAll(':', '')
  if (isThumbprint(thumbprint)) return thumbprint
  if (!/^[0-9a-f]{64}$/i.test(hex)) {
    throw new ConfigurationError(
      `${option}.thumbprint`,
      'must be the SHA-256 of the certificate: base64url without padding, or hex; of what openssl prints, the part after =',
    )
  }
  return encodeBase64url(Uint8Array.from(hex.match(/../g) as string[], (byte) => parseInt(byte, 16)))
}

function nameTest(option: string, name: (typeof NAMES)[number], value: string): NameTest {
  switch (name) {
    case 'subject':
    case 'issuedBy': {
      const expected = checkName(option, value)
      return (certificate) => isSameName(name === 'subject' ? certificate.subject : certificate.issuer, expected)
    }
    case 'dns': {
      // RFC 5280 §7.2: names of hosts are the same in any case.
      const expected = value.toLowerCase()
      return (_, { dns }) => dns.some((one) => one.toLowerCase() === expected)
    }
    case 'uri':
    case 'email':
      return (_, names) => names[name].includes(value)
    case 'ip': {
      const expected = parseIpAddress(value)
      if (expected === undefined) throw new ConfigurationError(option, 'must be an IP address')
      return (_, { ip }) => ip.some((bytes) => isSameAddress(bytes, expected))
    }
  }
}

function checkName(option: string, value: string): DistinguishedName {
  const name = parseDistinguishedName(value)
  if (name === undefined) {
    throw new ConfigurationError(option, "must be a name as RFC 4514 writes it, such as 'CN=orders,O=Partner,C=DE'")
  }
  return name
}

/** A certificate has 4 bytes for IPv4 (RFC 5280 §4.2.1.6). */
function isSameAddress(bytes: Uint8Array, expected: Uint8Array): boolean {
  if (bytes.length !== 4) return bytes.length === 16 && bytes.every((byte, index) => byte === expected[index])
  const isIpv4 = expected.every((byte, index) => index >= 12 || byte === (index < 10 ? 0 : 0xff))
  return isIpv4 && bytes.every((byte, index) => byte === expected[index + 12])
}
