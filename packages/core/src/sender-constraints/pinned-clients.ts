import { ConfigurationError } from '../outcomes/errors.js'
import { checkOptionNames } from '../outcomes/option-check.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { checkPinnedCertificate, type PinnedCertificate, type PinTest } from './pinned-certificate.js'

/**
 * A client whose tokens are accepted over its own certificates alone, though they are bound to none: for authorization
 * servers that bind no tokens, as Cognito.
 */
export interface PinnedClient {
  /**
   * The client, as `client_id` of its tokens says. Every token of it is held to this, those of users included. Tokens of its
   * issuer that name no client are refused: they could be its own.
   */
  readonly clientId: string
  /** The issuer it is a client of. Needed where several have a client of that name. Default: whichever, all of them. */
  readonly issuer?: string | undefined
  /** Its certificates, of which any will do: the next one goes here before the client changes to it. */
  readonly certificates: readonly PinnedCertificate[]
}

/** Looks up what a token's client is pinned to. */
export type PinsOf = (facts: TokenFacts) => readonly PinTest[] | undefined

export function checkPinnedClients(
  option: string,
  clients: readonly PinnedClient[] | undefined,
  { issuers, verifies }: { readonly issuers: readonly (readonly string[])[]; readonly verifies: boolean },
): PinsOf {
  if (clients === undefined) return () => undefined
  if (!Array.isArray(clients) || clients.length === 0) {
    throw new ConfigurationError(option, 'must be a list of one or more clients, each with clientId and certificates')
  }
  const pinned = new Map<string, readonly PinTest[]>()
  const withPins = new Set<string>()
  for (const [index, client] of [...clients].entries()) {
    const at = `${option}[${index}]`
    checkOptionNames(at, client, ['clientId', 'issuer', 'certificates'])
    const { clientId, issuer, certificates } = client as unknown as PinnedClient
    if (typeof clientId !== 'string' || clientId === '') {
      throw new ConfigurationError(`${at}.clientId`, 'must be the client_id that its tokens carry')
    }
    if (!Array.isArray(certificates) || certificates.length === 0) {
      throw new ConfigurationError(`${at}.certificates`, 'must be a list of one or more certificates')
    }
    const tests = [...certificates].map((certificate, position) =>
      checkPinnedCertificate(`${at}.certificates[${position}]`, certificate, verifies),
    )
    for (const identifier of identifiersOf(at, issuer, issuers)) {
      const name = nameOf(identifier, clientId)
      if (pinned.has(name)) throw new ConfigurationError(at, `repeats the client ${clientId} of ${identifier}`)
      pinned.set(name, tests)
      withPins.add(identifier)
    }
  }
  return ({ issuer, clientId }) => {
    if (clientId !== undefined) return pinned.get(nameOf(issuer, clientId))
    return withPins.has(issuer) ? NO_CERTIFICATE : undefined
  }
}

/** A token that does not say whose it is may be one of a pinned client, and no certificate shows that it is not. */
const NO_CERTIFICATE: readonly PinTest[] = []

/** No issuer has a line break in its name. */
function nameOf(issuer: string, clientId: string): string {
  return `${issuer}\n${clientId}`
}

/** All those an issuer goes by: a token under another of its names would not be held to the certificate. */
function identifiersOf(
  option: string,
  issuer: string | undefined,
  issuers: readonly (readonly string[])[],
): readonly string[] {
  if (issuer === undefined) return issuers.flat()
  const all = issuers.find((identifiers) => identifiers.includes(issuer))
  if (all === undefined) {
    throw new ConfigurationError(
      `${option}.issuer`,
      `must be one of the configured issuers: ${issuers.flat().join(', ')}`,
    )
  }
  return all
}
