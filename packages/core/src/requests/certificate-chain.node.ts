import type { X509Certificate } from 'node:crypto'
import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames, stringListOption } from '../outcomes/option-check.js'
import { type CertificateChain, certificateChainOf } from '../sender-constraints/certificate-chain.js'
import type { ChainVerdict } from '../sender-constraints/certificate-source.js'
import { parsePem } from '../sender-constraints/pem.js'
import { parseCertificate, type X509Certificate as ReadCertificate } from '../sender-constraints/x509-certificate.js'
import {
  allowsClientAuthentication,
  allowsKeyUsage,
  basicConstraintsOf,
  EXTENSION,
} from '../sender-constraints/x509-extensions.js'

/** Options of {@link certificateChain}. */
export interface CertificateChainOptions {
  /** Certificates of the authorities that are trusted for clients, PEM: one text with any number of them, or several. */
  readonly ca: string | readonly string[]
}

/**
 * Verifies the chain of a client certificate where whoever ended TLS has not (RFC 5280 §6): signatures, names, what each
 * authority may do, what keys may be used for. When it is good is told apart, for each request to look at. Revocation is not
 * looked up: nothing here fetches CRLs or asks OCSP.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function certificateChain(options: CertificateChainOptions): CertificateChain {
  checkOptionNames('certificateChain', options, ['ca'])
  const linkOf = linksWith(nodeCertificates())
  const anchors = checkAuthorities('certificateChain.ca', options as unknown as CertificateChainOptions, linkOf)
  return certificateChainOf((chain) => {
    const [leaf, ...others] = chain.map(linkOf)
    if (leaf === undefined || !isClientCertificate(leaf)) return 'untrusted'
    const intermediates = others.filter((link) => link !== undefined)
    return verdictOn(leaf, anchors, intermediates)
  })
}

/** A certificate as both readers see it: signatures are Node's affair. */
interface Link {
  readonly node: X509Certificate
  readonly read: ReadCertificate
}

/** RSA and ECDSA with SHA-2, Ed25519 (RFC 8017, RFC 5758, RFC 8410). RSA-PSS may have SHA-1 in its parameters. */
const SOUND_SIGNATURES = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112',
])
/** Extensions that are looked at, or whose policies nobody asks for here. Another that is critical must refuse (RFC 5280 §4.2). */
const UNDERSTOOD = new Set<string>([
  EXTENSION.keyUsage,
  EXTENSION.subjectAlternativeName,
  EXTENSION.basicConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.extendedKeyUsage,
])
const MIN_MODULUS_BITS = 2_048
/** API Gateway takes chains of four; more than a few authorities in a row occur nowhere. */
const MAX_INTERMEDIATES = 4

type LinkOf = (der: Uint8Array) => Link | undefined

/** Asked for when it is needed: whoever bundles this entry for a runtime without Node's modules need not have them. */
function nodeCertificates(): typeof X509Certificate {
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto')
  if (crypto === undefined) throw new ConfigurationError('certificateChain', 'needs node:crypto, which is not here')
  return crypto.X509Certificate
}

function linksWith(NodeCertificate: typeof X509Certificate): LinkOf {
  return (der) => {
    const read = parseCertificate(der)
    if (read === undefined) return undefined
    try {
      return { node: new NodeCertificate(der), read }
    } catch {
      return undefined
    }
  }
}

function checkAuthorities(option: string, { ca }: CertificateChainOptions, linkOf: LinkOf): readonly Link[] {
  const accepted = 'must be certificates as PEM, of the authorities that are trusted for clients'
  return stringListOption(option, typeof ca === 'string' ? ca.trim() : trimmed(ca), accepted).flatMap((text) => {
    const links = (splitPem(text) ?? []).map(linkOf)
    if (links.length === 0 || !links.every((link) => link !== undefined)) throw new ConfigurationError(option, accepted)
    if (!links.every((link) => isAuthority(link, 0))) {
      throw new ConfigurationError(option, 'holds a certificate that is of no authority; pin it as a client instead')
    }
    return links
  })
}

function trimmed(list: unknown): unknown {
  return Array.isArray(list) ? list.map((item: unknown) => (typeof item === 'string' ? item.trim() : item)) : list
}

/** A bundle may be larger than a chain. */
function splitPem(text: string): readonly Uint8Array[] | undefined {
  const blocks = text.split(/(?<=-----END CERTIFICATE-----)\s*/).filter((block) => block !== '')
  const certificates = blocks.map((block) => parsePem(block)?.[0])
  return certificates.every((der) => der !== undefined) ? certificates : undefined
}

/**
 * Looks for ways up to an authority that is trusted, whatever order the certificates came in, and takes the one that is good
 * longest: an authority may be there twice, before and after it was renewed. Level by level, because whoever sends a chain
 * can have each certificate in it sign all others, and there are thousands of ways through nine of them.
 */
function verdictOn(leaf: Link, anchors: readonly Link[], intermediates: readonly Link[]): ChainVerdict {
  const anchorsOf = issuersAmong(anchors)
  const intermediatesOf = issuersAmong(intermediates)
  let verdict: ChainVerdict = 'untrusted'
  let reached = new Map<Link, Span>([[leaf, leaf.read]])
  for (let below = 0; below <= MAX_INTERMEDIATES; below++) {
    const next = new Map<Link, Span>()
    for (const [link, span] of reached) {
      for (const anchor of anchorsOf(link, below)) verdict = longerOf(verdict, bothOf(span, anchor.read))
      for (const issuer of intermediatesOf(link, below)) {
        next.set(issuer, longerOf(next.get(issuer) ?? 'untrusted', bothOf(span, issuer.read)))
      }
    }
    reached = next
  }
  return verdict
}

/** Looks for the authorities that have issued a certificate. Each signature is verified once. */
function issuersAmong(candidates: readonly Link[]): (link: Link, below: number) => readonly Link[] {
  const found = new Map<Link, readonly Link[]>()
  return (link, below) => {
    const known = found.get(link) ?? candidates.filter((candidate) => hasIssued(candidate, link))
    found.set(link, known)
    return known.filter((candidate) => isAuthority(candidate, below))
  }
}

/** By name and key identifiers, and then by the signature. */
function hasIssued(issuer: Link, { node, read }: Link): boolean {
  return (
    SOUND_SIGNATURES.has(read.signatureAlgorithm) && node.checkIssued(issuer.node) && node.verify(issuer.node.publicKey)
  )
}

function isClientCertificate(link: Link): boolean {
  return isSound(link) && allowsKeyUsage(link.read, 'digitalSignature')
}

/** `below`: authorities between it and the client. */
function isAuthority(link: Link, below: number): boolean {
  const constraints = basicConstraintsOf(link.read)
  if (constraints?.isAuthority !== true || constraints.pathLength < below) return false
  // What it may sign certificates about is not looked at, so that one that is held to it cannot be trusted.
  if (link.read.extensions.has(EXTENSION.nameConstraints)) return false
  return isSound(link) && allowsKeyUsage(link.read, 'keyCertSign')
}

function isSound({ node, read }: Link): boolean {
  const { asymmetricKeyDetails: { modulusLength = MIN_MODULUS_BITS } = {} } = node.publicKey
  const isUnderstood = [...read.extensions].every(([type, { critical }]) => !critical || UNDERSTOOD.has(type))
  return isUnderstood && modulusLength >= MIN_MODULUS_BITS && allowsClientAuthentication(read)
}

type Span = Exclude<ChainVerdict, 'untrusted'>

function bothOf(a: Span, b: Span): Span {
  return { notBefore: Math.max(a.notBefore, b.notBefore), notAfter: Math.min(a.notAfter, b.notAfter) }
}

function longerOf(a: ChainVerdict, b: Span): Span {
  return a === 'untrusted' || b.notAfter > a.notAfter ? b : a
}
