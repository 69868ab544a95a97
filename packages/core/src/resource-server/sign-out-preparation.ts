import type { ConnectedIssuer, IssuerRegistry } from '../issuers/issuer-registry.js'
import type { IssuerContext, TrustedIssuer } from '../issuers/trusted-issuer.js'
import { ConfigurationError, RevocationError } from '../outcomes/errors.js'
import type { IssuerSignOut, SignOutKind, SignOutNotice } from '../revocation/issuer-sign-out.js'
import { entryOf, type TokenNames } from '../revocation/revocation-entry-for.js'
import type { RevocationEntry } from '../revocation/revocation-entry.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import type { Principal } from '../vocabulary/principal.js'
import type { SignOutOptions } from './sign-out-options.js'

/** A sign-out before anything was done: every mistake of the caller's has been told by now. */
export interface PreparedSignOut {
  /** As the token carries it. */
  readonly issuer: string
  readonly ends: SignOutKind
  /** `undefined`: the token has no name for an entry. */
  readonly entry: RevocationEntry | undefined
  tell(): Promise<unknown>
}

interface SignOutPreparer {
  readonly issuers: IssuerRegistry
  readonly context: IssuerContext
  /** What is known of a token; throws what `verify` throws. */
  readonly factsOf: (token: string) => Promise<TokenFacts>
}

/** Who signs out: by a token that was verified just now, or as the application remembers it. */
interface WhoSignsOut {
  readonly names: TokenNames & Pick<Principal, 'clientId'>
  readonly isVerified: boolean
  readonly issuer: ConnectedIssuer
}

/** The end of an opaque token may be unknown: for so long its entry stays. */
const UNKNOWN_LIFETIME = 30 * 86_400_000

export function createSignOutPreparer({ issuers, context, factsOf }: SignOutPreparer) {
  const ways = new Map<TrustedIssuer, IssuerSignOut | undefined>()
  for (const { trusted, definition } of issuers.connected) {
    if (!ways.has(trusted)) ways.set(trusted, definition.connectSignOut?.(context))
  }

  function ofFacts(facts: TokenFacts): WhoSignsOut {
    return { names: facts, isVerified: true, issuer: issuers.select(facts.issuer) as ConnectedIssuer }
  }

  async function whoIs(given: Principal<unknown> | string): Promise<WhoSignsOut> {
    if (typeof given === 'string') return ofFacts(await factsOf(given))
    const { issuer, subject, expiresAt } = given ?? {}
    const known = typeof issuer === 'string' ? issuers.select(issuer) : undefined
    if (known === undefined || typeof subject !== 'string' || !Number.isFinite(expiresAt)) {
      throw new ConfigurationError('signOut', 'takes a principal that this server granted, or the access token itself')
    }
    return { names: given, isVerified: false, issuer: known }
  }

  async function noticeFor(who: WhoSignsOut, options: SignOutOptions) {
    const { tell, refreshToken, accessToken, clientSecret } = options
    if (tell !== undefined) return { who, notice: { kinds: [options.ends], tell } satisfies SignOutNotice }
    const way = ways.get(who.issuer.trusted)
    if (way === undefined) throw new ConfigurationError('signOut', 'needs tell here: nothing else reaches the issuer')
    if (refreshToken !== undefined) {
      const { clientId } = who.names
      return { who, notice: way.withRefreshToken(refreshToken, { clientId, clientSecret }) }
    }
    const facts = await factsOf(accessToken)
    const owner = ofFacts(facts)
    // Else one user would be denied here, and another signed out there.
    if (owner.issuer.trusted !== who.issuer.trusted || facts.subject !== who.names.subject) {
      throw new ConfigurationError('signOut.accessToken', 'must be a token of the very user who signs out')
    }
    const { clientId, scopes } = facts
    return { who: owner, notice: way.withAccessToken(accessToken, { clientId, clientSecret, scopes }) }
  }

  /** The entry that says best what ends, among those that the token has a name for. */
  function entryFor({ names, isVerified, issuer }: WhoSignsOut, { kinds }: SignOutNotice) {
    const now = context.clock.now()
    const { opaqueTokens, evidence } = issuer.definition
    const expiresAt = opaqueTokens
      ? Math.max(names.expiresAt, now + (evidence.maxTokenLifetime ?? UNKNOWN_LIFETIME))
      : names.expiresAt
    const { subject, claims } = names
    for (const ends of isVerified ? kinds : kinds.slice(0, 1)) {
      try {
        const entry = entryOf({ issuer: names.issuer, subject, claims, expiresAt }, ends, { notBefore: now })
        return { ends, entry }
      } catch (error) {
        if (!(error instanceof RevocationError) || error.code !== 'claim-missing') throw error
        // The token may have the claim all the same, and an entry of another kind would end less.
        if (!isVerified) throw claimMissing(error)
      }
    }
    return { ends: kinds[0], entry: undefined }
  }

  return async function prepare(
    given: Principal<unknown> | string,
    options: SignOutOptions,
    { needsEntry }: { readonly needsEntry: boolean },
  ): Promise<PreparedSignOut> {
    const { who, notice } = await noticeFor(await whoIs(given), options)
    const listed = needsEntry ? entryFor(who, notice) : { ends: notice.kinds[0], entry: undefined }
    return { issuer: who.names.issuer, ...listed, tell: () => notice.tell() }
  }
}

function claimMissing({ member }: RevocationError): RevocationError {
  return new RevocationError(
    'claim-missing',
    `The principal's claims hold no ${member}, which the entry needs: give signOut the access token itself, or let the route's claims schema pass the claim on`,
    member,
  )
}
