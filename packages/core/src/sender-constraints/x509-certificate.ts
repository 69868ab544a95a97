import { booleanOf, DER, type DerElement, DerError, DerReader, objectIdentifier } from './der.js'
import { type DistinguishedName, readDistinguishedName } from './distinguished-name.js'

/** What is read of a certificate (RFC 5280 §4.1). Nothing in it is verified. */
export interface X509Certificate {
  readonly der: Uint8Array
  /** Milliseconds since the epoch, both included. */
  readonly notBefore: number
  readonly notAfter: number
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  /** Object identifier of the algorithm it is signed with. */
  readonly signatureAlgorithm: string
  /** By object identifier. */
  readonly extensions: ReadonlyMap<string, X509Extension>
}

interface X509Extension {
  readonly critical: boolean
  /** In DER. */
  readonly value: Uint8Array
}

const VERSION = 0xa0
const ISSUER_UNIQUE_ID = 0x81
const SUBJECT_UNIQUE_ID = 0x82
const EXTENSIONS = 0xa3

/** Reads a certificate in DER; `undefined` for what is none, or not written as DER demands. */
export function parseCertificate(der: Uint8Array): X509Certificate | undefined {
  try {
    return readCertificate(der)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function readCertificate(der: Uint8Array): X509Certificate {
  const outer = new DerReader(der)
  const certificate = outer.open(DER.sequence)
  outer.end()
  const body = certificate.open(DER.sequence)
  const signatureAlgorithm = objectIdentifier(certificate.open(DER.sequence).read(DER.objectIdentifier))
  certificate.read(DER.bitString)
  certificate.end()

  body.readOptional(VERSION)
  body.read(DER.integer)
  body.read(DER.sequence)
  const issuer = readDistinguishedName(body.read(DER.sequence))
  const validity = body.open(DER.sequence)
  const notBefore = timeOf(validity.read())
  const notAfter = timeOf(validity.read())
  validity.end()
  const subject = readDistinguishedName(body.read(DER.sequence))
  body.read(DER.sequence)
  body.readOptional(ISSUER_UNIQUE_ID)
  body.readOptional(SUBJECT_UNIQUE_ID)
  const extensions = extensionsOf(body.readOptional(EXTENSIONS))
  body.end()
  return { der, notBefore, notAfter, subject, issuer, signatureAlgorithm, extensions }
}

function extensionsOf(element: DerElement | undefined): ReadonlyMap<string, X509Extension> {
  const extensions = new Map<string, X509Extension>()
  if (element === undefined) return extensions
  const outer = new DerReader(element.value)
  const list = outer.open(DER.sequence)
  outer.end()
  while (list.nextTag !== undefined) {
    const extension = list.open(DER.sequence)
    const type = objectIdentifier(extension.read(DER.objectIdentifier))
    // One that says FALSE says what leaving it out says, and DER leaves it out.
    const said = extension.readOptional(DER.boolean)
    const critical = said !== undefined && booleanOf(said)
    const { value } = extension.read(DER.octetString)
    extension.end()
    if (extensions.has(type)) throw new DerError('an extension that stands twice')
    extensions.set(type, { critical, value })
  }
  return extensions
}

/** RFC 5280 §4.1.2.5: in GMT with seconds; two digits of a year mean 1950 to 2049. */
function timeOf({ tag, value }: DerElement): number {
  const text = String.fromCharCode(...value.subarray(0, 20))
  const pattern =
    tag === DER.utcTime ? /^(\d{2})(\d{10})Z$/ : tag === DER.generalizedTime ? /^(\d{4})(\d{10})Z$/ : /^(?!)/
  const [, year = '', rest = ''] = pattern.exec(text) ?? []
  const fullYear = year.length === 2 ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year)
  const [month = '', day = '', hour = '', minute = '', second = ''] = rest.match(/\d{2}/g) ?? []
  const iso = `${String(fullYear).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const time = Date.parse(iso)
  // A day that a month does not have would be taken for one of the next.
  if (!Number.isFinite(time) || new Date(time).toISOString() !== iso) throw new DerError('a malformed time')
  return time
}
