import type { JwksSource } from '../keys/jwks-source.js'
import type { KeySnapshot } from '../keys/key-snapshot.js'
import { ConfigurationError, UpstreamError } from '../outcomes/errors.js'
import type { RevocationIssuer } from '../revocation/deny-rule.js'
import type { JwtValidator } from '../tokens/jwt-validator.js'
import { definitionOf, type IssuerContext, type IssuerDefinition, type TrustedIssuer } from './trusted-issuer.js'

/** One issuer identifier with the state that belongs to it and to no other. */
export interface ConnectedIssuer {
  readonly identifier: string
  readonly trusted: TrustedIssuer
  readonly definition: IssuerDefinition
  readonly keys: JwksSource
  readonly validator: JwtValidator
}

/** The configured issuers of one server. */
export interface IssuerRegistry {
  readonly trusted: readonly TrustedIssuer[]
  /** One for each identifier. */
  readonly connected: readonly ConnectedIssuer[]
  /** A token's `iss` only selects among the configured issuers; it never adds one. */
  select(issuer: string): ConnectedIssuer | undefined
  /**
   * The issuers whose opaque tokens the lists admit. More than one would be a guess, so that policies are refused which
   * leave it open.
   */
  ofOpaqueTokens(lists: readonly (readonly string[])[]): readonly TrustedIssuer[]
  /** Whether each list names the issuer. One that has several identifiers is named by any of them. */
  isAmong(issuer: string, lists: readonly (readonly string[])[]): boolean
  /** Fetches every key set; throws the first failure once all are settled. */
  ready(): Promise<void>
  /** The key sets at hand that were fetched. */
  exportKeys(): KeySnapshot
  close(): void
}

const OPTION = 'createResourceServer.issuers'

export function connectIssuers(issuers: readonly TrustedIssuer[], context: IssuerContext): IssuerRegistry {
  if (!Array.isArray(issuers) || issuers.length === 0) {
    throw new ConfigurationError(OPTION, 'must be a list of one or more issuers, such as [cognitoUserPool({ … })]')
  }
  const trustedIssuers: readonly TrustedIssuer[] = Object.freeze([...issuers])
  const byIdentifier = new Map<string, ConnectedIssuer>()
  for (const [index, trusted] of trustedIssuers.entries()) {
    const definition = definitionOf(trusted, `${OPTION}[${index}]`)
    for (const identifier of trusted.issuers) {
      if (byIdentifier.has(identifier)) {
        throw new ConfigurationError(`${OPTION}[${index}]`, `repeats ${identifier}; each issuer may be configured once`)
      }
      byIdentifier.set(identifier, { identifier, trusted, definition, ...definition.connect(identifier, context) })
    }
  }

  const ofOpaqueTokens = trustedIssuers.filter((trusted) => definitionOf(trusted, OPTION).opaqueTokens)

  function isAmong(issuer: string, lists: readonly (readonly string[])[]): boolean {
    const identifiers = byIdentifier.get(issuer)?.trusted.issuers ?? []
    return lists.every((list) => identifiers.some((identifier) => list.includes(identifier)))
  }

  return {
    trusted: trustedIssuers,
    connected: [...byIdentifier.values()],
    select: (issuer) => byIdentifier.get(issuer),
    isAmong,
    ofOpaqueTokens: (lists) => ofOpaqueTokens.filter(({ issuers: [first] }) => isAmong(first as string, lists)),
    async ready() {
      const loads = trustedIssuers.map(({ issuers: identifiers }) =>
        loadOne(identifiers.map((identifier) => byIdentifier.get(identifier) as ConnectedIssuer)),
      )
      const failure = (await Promise.allSettled(loads)).find((result) => result.status === 'rejected')
      if (failure !== undefined) throw failure.reason
    },
    exportKeys() {
      const keySets = [...byIdentifier.values()].map(({ keys }) => keys.snapshot())
      return { keySets: keySets.filter((keySet) => keySet !== undefined) }
    },
    close() {
      for (const { keys } of byIdentifier.values()) keys.close()
    },
  }
}

/**
 * Until a Cognito pool has switched, the host of one of its two identifiers serves nothing, and says so. Where there are
 * keys of the other, that is excused. Nothing else is: it would be found out by the tokens of a pool that has switched.
 */
async function loadOne(connected: readonly ConnectedIssuer[]): Promise<void> {
  const results = await Promise.allSettled(connected.map(({ keys }) => keys.load()))
  const failures = connected.flatMap((issuer, index) => {
    const result = results[index]
    return result?.status === 'rejected' ? [{ issuer, error: result.reason as UpstreamError }] : []
  })
  const unexpected = failures.find(({ issuer, error }) => !saysNotServed(issuer, error))
  const failure = unexpected ?? (failures.length === connected.length ? failures[0] : undefined)
  if (failure === undefined) return
  const { code, message, httpStatus } = failure.error
  throw new UpstreamError(
    code,
    `The keys of ${failure.issuer.identifier} could not be loaded: ${message}. Check the issuer's options, and that this machine can reach it`,
    { httpStatus, cause: failure.error },
  )
}

function saysNotServed({ keys: { unservedStatus } }: ConnectedIssuer, { httpStatus }: UpstreamError): boolean {
  return httpStatus !== undefined && httpStatus === unservedStatus
}

/** What a revocation list has to know of each of them. */
export function revocationIssuers({ trusted }: IssuerRegistry): readonly RevocationIssuer[] {
  return trusted.map((issuer) => {
    const { clockTolerance, evidence } = definitionOf(issuer, OPTION)
    const { propagationDelay, issuedAtIsEvidence, maxTokenLifetime } = evidence
    return { identifiers: issuer.issuers, clockTolerance, propagationDelay, issuedAtIsEvidence, maxTokenLifetime }
  })
}
