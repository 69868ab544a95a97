import { createHttpClient } from '#http-client'
import { type ConnectedIssuer, connectIssuers, revocationIssuers } from '../issuers/issuer-registry.js'
import { definitionOf, type TrustedIssuer } from '../issuers/trusted-issuer.js'
import type { KeySnapshot } from '../keys/key-snapshot.js'
import { type Emit, emitTo } from '../outcomes/events.js'
import { connectRevocationList } from '../revocation/connect-revocation-list.js'
import { anySender, connectSenderConstraints, unconstrained } from '../sender-constraints/sender-checks.js'
import { createIssuerStrategy, type IssuerStrategy } from '../strategy/issuer-strategy.js'
import { type PolicyExplanation, explainPolicy } from '../strategy/policy-explanation.js'
import type { ClaimsOf, ClaimsSchema, CompiledPolicy } from '../strategy/route-policy.js'
import type { TokenScheme } from '../tokens/sender-constraint.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { BoundedCache } from '../transport/bounded-cache.js'
import { type Instant, readInstant } from '../transport/clock.js'
import { createFetchClient } from '../transport/fetch-client.js'
import type { Principal } from '../vocabulary/principal.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'
import { createAnswerer, type Reception } from './answering.js'
import { type Authenticated, type Authentication, couldNotTell, createAuthenticator } from './authentication.js'
import { type Authorization, createAuthorizer, isInconclusive, type RequestInHand } from './authorization.js'
import { type BackChannelLogoutResponse, createBackChannelLogout } from './back-channel-logout.js'
import { createDecisionMaker } from './decision-making.js'
import type { BackChannelLogoutRequest } from './logout-request.js'
import { type Denied, errorOf, type Granted, type Outcome, passed, type Prechecked } from './outcome.js'
import { createMetadata, type MetadataResponse, noMetadata } from './protected-resource-metadata.js'
import { createPolicyCompiler, type PolicyOrLiteral } from './policy-compiler.js'
import { explainDecisions } from './policy-decision-point.js'
import { arrivalsOf, keyMayBeGone, type PresentOptions } from './present-options.js'
import type { Presented } from './presented.js'
import { createReception } from './request-reception.js'
import { checkResourceServerOptions, type ResourceServerOptions } from './resource-server-options.js'
import type { SignOutOptions } from './sign-out-options.js'
import { createSignOutPreparer } from './sign-out-preparation.js'
import { SignOuts, type SignOutResult } from './sign-out.js'
import { type Watch, Watcher, type WatchOptions } from './watch.js'

/** The resource server's view of access tokens (RFC 6749 §1.1, RFC 6750). */
export interface ResourceServer {
  /**
   * Checks a policy, also against this server's issuers, and freezes it.
   *
   * @throws {@link ConfigurationError} naming the member that is wrong, or can never be met here.
   */
  policy<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    policy: PolicyOrLiteral<Schema, Claims>,
  ): CompiledPolicy<Claims>
  /**
   * Decides whether a request may enter. Without a policy any valid token may. Never rejects because of what a request
   * holds.
   *
   * @throws {@link ConfigurationError} where `policy` is wrong or a variable that turned out to be `undefined`, or where
   * `request` is no request at all.
   */
  authorize<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    request: AnyRequest,
    policy?: PolicyOrLiteral<Schema, Claims>,
  ): Promise<Outcome<Claims>>
  /**
   * Parses and verifies once, for several policies on one request.
   *
   * @throws {@link ConfigurationError} where `request` is no request at all, or for an option that is none.
   */
  present(request: AnyRequest, options?: PresentOptions): Promise<Presented>
  /**
   * For claims of an access token that somebody else has verified, such as an authorizer of API Gateway; names and types as
   * in the token. Signature, key and header are taken on trust, and every other check is made. Whoever can get claims of
   * their own in here can be anybody: see to it that only the verifier can. As there is no token, no issuer can be asked
   * about it: evidence is its age, and the revocation list.
   */
  presentClaims(claims: Readonly<Record<string, unknown>>): Promise<Presented>
  /**
   * A first fence for proxies in front of handlers: what can be said here and now, without a call about the token and
   * without the decision point. `'passed'` is not `'granted'`: it means that nothing is known against the request, not even
   * that its token was not revoked. The handler authorizes it all the same. Only a set of keys may be fetched.
   *
   * @throws {@link ConfigurationError} as `authorize` does.
   */
  precheck(request: AnyRequest, policy?: PolicyOrLiteral<ClaimsSchema | undefined, unknown>): Promise<Prechecked>
  /**
   * For tokens that come another way, in queues, sockets or scripts.
   *
   * @throws {@link TokenRefusedError} when the token is not accepted.
   * @throws {@link TokenUncheckedError} when it cannot be checked now.
   */
  verify<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    token: string,
    policy?: PolicyOrLiteral<Schema, Claims>,
  ): Promise<Principal<Claims>>
  /**
   * Keeps a grant honest while a connection or a stream is open: decides again before evidence grows older than the
   * policy allows, when the token expires, at once when the revocation list names the token or its key is withdrawn, and
   * with the next message when another route has learned of a revocation.
   *
   * @throws {@link ConfigurationError} for anything but what this server's `authorize` granted.
   */
  watch(granted: Granted<unknown>, options?: WatchOptions): Watch
  /**
   * Ends the access token, the login or the user: on the revocation list first, so that every request is refused from
   * then on, and then at the authorization server, which is told again until it confirms. Takes the principal of a grant,
   * or the text of its access token, which is verified here. The session of the managed login, or whatever else keeps the
   * user's browser signed in at the authorization server, goes on: a new login may need no password until the browser is
   * sent to the server's logout page.
   *
   * @throws {@link ConfigurationError} for options that cannot work, before anything is done.
   * @throws {@link RevocationError} `'claim-missing'` when the principal lacks what names it: give the access token.
   * @throws {@link TokenRefusedError} or {@link TokenUncheckedError} for an access token that does not stand up.
   */
  signOut(who: Principal<unknown> | string, options: SignOutOptions): Promise<SignOutResult>
  /**
   * Receives a back-channel logout (OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8), puts what it ends on the
   * revocation list and says what to answer. For issuers with the option `backChannelLogout`.
   *
   * @throws {@link ConfigurationError} where no issuer has it, or `request` is no request with a body.
   */
  backChannelLogout(request: BackChannelLogoutRequest): Promise<BackChannelLogoutResponse>
  /**
   * The protected resource metadata (RFC 9728) and the whole answer to a GET of it: serve it, to everybody, at its `path`.
   *
   * @throws {@link ConfigurationError} where the server has no `resource`.
   */
  metadata(): MetadataResponse
  /** What a policy means here: which issuers, which evidence, what an outage does. */
  explain(policy?: PolicyOrLiteral<ClaimsSchema | undefined, unknown>): PolicyExplanation
  /**
   * Fetches all keys before traffic, and lets the decision point get ready; keys that are fresh are not fetched again, so
   * it can serve as a readiness probe.
   *
   * @throws {@link UpstreamError} when an issuer has no keys to give, or whatever the decision point is not ready for.
   */
  ready(): Promise<void>
  /**
   * The keys that are at hand, as plain JSON: what the option `keySnapshot` of another server takes, so that its first
   * request waits for no fetch. Only keys that were fetched and are not too old; call `ready()` before.
   */
  exportKeys(): KeySnapshot
  /** Ends connections and forgets all keys; later requests are unavailable. */
  close(): Promise<void>
}

/**
 * Makes a resource server. Every option is checked here and never again; nothing is fetched before `ready()` or the
 * first token.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  const { realm, maxTokenBytes, maxVerifiedTokens, maxRememberedTokens, clock, givenKeys, decisionTimeout } =
    checkResourceServerOptions(options)
  const { fetch, onEvent, revocationList, decisionPoint } = options
  const tell = emitTo(onEvent)
  const emit: Emit = (event) => {
    tell(event)
    if (event.type === 'jwks-refreshed') watcher.keysChanged()
  }
  const http = fetch === undefined ? createHttpClient() : createFetchClient(() => fetch)
  const context = { http, clock, emit, givenKeys }
  const issuers = connectIssuers(options.issuers, context)
  const revocations = revocationList && connectRevocationList(revocationList, revocationIssuers(issuers), context)
  const strategies = new Map(
    issuers.trusted.map((trusted) => [
      trusted,
      createIssuerStrategy(trusted, context, { revocations, maxRememberedTokens }),
    ]),
  )
  const strategyOf = (trusted: TrustedIssuer) => strategies.get(trusted) as IssuerStrategy
  const senders = connectSenderConstraints(options.senderConstraints, {
    clock,
    emit,
    issuers: issuers.trusted.map((trusted) => trusted.issuers),
  })
  const schemes: readonly TokenScheme[] = senders.dpop === undefined ? ['Bearer'] : ['Bearer', 'DPoP']
  const bindsSenders = senders.methods.length > 0
  const compile = createPolicyCompiler(issuers, { decisionPoint, bindsSenders, onNew: warnOfUnobtainableEvidence })
  const isClosed = () => closed
  const authenticator = createAuthenticator({ issuers, maxTokenBytes, maxVerifiedTokens, isClosed })
  const receive = createReception({ senders, schemes, authenticator })
  const decisionMaker = decisionPoint && createDecisionMaker({ decisionPoint, timeout: decisionTimeout, clock, emit })
  const { authorize, precheck } = createAuthorizer({ issuers, strategyOf, clock, isClosed, decisionMaker })
  const metadata =
    options.resource === undefined
      ? undefined
      : createMetadata('createResourceServer.resource', options.resource, {
          authorizationServers: issuers.trusted.map(firstIdentifier),
          senderConstraints: senders.metadata,
        })
  const { answer, principalOrDenied, denied } = createAnswerer({
    clock,
    emit: onEvent && emit,
    resource: { realm, resourceMetadata: metadata?.url, senders },
  })
  const issuerOf = ({ issuer }: TokenFacts) => {
    const { trusted, definition } = issuers.select(issuer) as ConnectedIssuer
    return { definition, strategy: strategyOf(trusted) }
  }
  const watcher = new Watcher({
    clock,
    timesOf: ({ facts }) => issuerOf(facts).definition,
    isKnownToEnd: async ({ authentication, facts }) => {
      if (closed || !authenticator.hasKey(authentication, readInstant(clock))) return true
      return await issuerOf(facts).strategy.isRevoked(authentication.key, facts)
    },
    onRevocation: (listener) => revocationList?.subscribe(listener) ?? (() => {}),
    async decideAgain({ authentication, policy, request, reception }, earlyBound) {
      const maxRevocationLag = earlyBound ?? policy.maxRevocationLag
      const inHand = { request, sender: reception.sender }
      const now = readInstant(clock)
      const renewed = await authenticator.renew(authentication, now)
      const again = await authorize(renewed, { ...policy, maxRevocationLag }, now, inHand)
      if (earlyBound !== undefined && isInconclusive(again)) return undefined
      if (typeof again.result !== 'string' && !again.result.evidence.relaxed) return { principal: again.result }
      const outcome = answer(again, policy, reception)
      return outcome.outcome === 'granted' ? { principal: outcome.principal } : { denied: outcome }
    },
  })
  /** A policy that is written out anew for each request is no news. */
  const warned = new BoundedCache<string, true>(1_000)
  const signOuts = new SignOuts({
    prepare: createSignOutPreparer({ issuers, context, factsOf }),
    list: revocationList,
    clock,
    emit,
  })
  const backChannelLogout = createBackChannelLogout({ issuers, list: revocationList, maxTokenBytes, context, isClosed })
  let closed = false

  /** Of a token whatever it may do, and even where it is known to be revoked: it still says whose it is. */
  async function factsOf(token: string): Promise<TokenFacts> {
    const arrival = readInstant(clock)
    const authentication = await authenticator.authenticate(token, arrival)
    if (authentication.kind === 'validated') return authentication.facts
    const anyToken = compile()
    const reception = { scheme: undefined, sender: anySender, request: undefined }
    const authorization = await authorize(authentication, anyToken, arrival, reception)
    const { facts, result } = authorization
    if (facts !== undefined && (typeof result !== 'string' || result === 'token-revoked')) return facts
    throw errorOf(answer(authorization, anyToken, reception) as Denied)
  }

  function explain(policy: CompiledPolicy<unknown>): PolicyExplanation {
    const isAdmitted = ({ issuers: [first] }: TrustedIssuer) => issuers.isAmong(first as string, policy.issuers)
    return explainPolicy(
      {
        ...policy,
        decisions: explainDecisions(policy.decisions, decisionPoint),
        confirmationMethods: senders.methods,
      },
      issuers.trusted.filter(isAdmitted).map((trusted) => ({
        issuers: trusted.issuers,
        definition: definitionOf(trusted, 'issuers'),
        check: strategyOf(trusted).check,
        hasCompleteList: trusted.issuers.some((issuer) => revocationList?.progressOf(issuer).length),
      })),
    )
  }

  async function readyToDecide(): Promise<void> {
    await decisionPoint?.ready?.()
  }

  function warnOfUnobtainableEvidence(policy: CompiledPolicy<unknown>): void {
    for (const { issuers: identifiers, tokens, sources } of explain({ ...policy, decisions: [] }).issuers) {
      if (sources.length > 0) continue
      const [issuer] = identifiers as readonly [string]
      const told = JSON.stringify([issuer, tokens, policy.name, policy.maxRevocationLag])
      if (warned.get(told) === true) continue
      warned.set(told, true)
      emit({ type: 'evidence-unobtainable', at: clock.now(), issuer, route: policy.name, tokens })
    }
  }

  /** At once where nothing has to be waited for. */
  function settle<Claims>(
    authentication: Authentication,
    policy: CompiledPolicy<Claims>,
    arrival: Instant,
    inHand: RequestInHand & Reception,
  ): Outcome<Claims> | Promise<Outcome<Claims>> {
    const authorization = authorize(authentication, policy, arrival, inHand)
    return authorization instanceof Promise ? authorization.then(land) : land(authorization)

    function land(landed: Authorization<Claims>): Outcome<Claims> {
      const outcome = answer(landed, policy, inHand)
      if (outcome.outcome === 'granted') {
        const facts = landed.facts as TokenFacts
        // From the arrival: what a schema took is no time in which the evidence stayed young.
        const request = policy.decisions.length === 0 ? undefined : inHand.request
        const authenticated = authentication as Authenticated
        const reception = { scheme: inHand.scheme, sender: inHand.sender }
        watcher.remember(outcome, {
          authentication: authenticated,
          facts,
          policy,
          decidedAt: arrival,
          request,
          reception,
        })
      }
      return outcome
    }
  }

  return Object.freeze({
    policy: (policy) => compile(policy),
    async present(request, presentOptions) {
      const arrival = arrivalsOf(clock, presentOptions)
      const soon = receive(request)
      const { authenticate, inHand: received } = soon instanceof Promise ? await soon : soon
      const presentedAt = readInstant(clock)
      const authenticating = authenticate(presentedAt)
      let authentication = authenticating instanceof Promise ? await authenticating : authenticating
      const hasNone = authentication.kind === 'failed' && authentication.reason === 'no-credentials'
      const inHand = { ...received, memo: decisionMaker && new WeakMap() }
      return {
        credentials: hasNone ? 'none' : 'present',
        async authorize(...policy) {
          const compiled = compile(...policy)
          const arrived = arrival()
          // A connection that was opened during an outage need not stay shut when it is over.
          const isLate = arrived.ofSeveral !== true && couldNotTell(authentication)
          if (isLate) authentication = await authenticate(readInstant(clock))
          if (keyMayBeGone(presentedAt, arrived)) authentication = await authenticator.renew(authentication, arrived)
          return settle(authentication, compiled, arrived, inHand)
        },
      }
    },
    async presentClaims(claims) {
      const authentication = authenticator.authenticateClaims(claims, readInstant(clock))
      const inHand = {
        request: undefined,
        scheme: undefined,
        sender: unconstrained,
        memo: decisionMaker && new WeakMap(),
      }
      return {
        credentials: 'present',
        authorize: async (...policy) => settle(authentication, compile(...policy), readInstant(clock), inHand),
      }
    },
    async authorize(request, ...policy) {
      const arrival = readInstant(clock)
      const compiled = compile(...policy)
      const soon = receive(request)
      const { authenticate, inHand } = soon instanceof Promise ? await soon : soon
      const authenticating = authenticate(arrival)
      const authentication = authenticating instanceof Promise ? await authenticating : authenticating
      return settle(authentication, compiled, arrival, inHand)
    },
    async precheck(request, ...policy) {
      const compiled = compile(...policy)
      const { authenticate, inHand } = await receive(request)
      const checked = await precheck(await authenticate(readInstant(clock)), compiled, inHand)
      return checked.result === undefined ? passed : denied(checked.result, checked, compiled, inHand)
    },
    async verify(token, ...policy) {
      const arrival = readInstant(clock)
      const compiled = compile(...policy)
      const request = undefined
      const sender = senders.examine({ token, scheme: 'Bearer', request })
      const inHand = { request, scheme: undefined, sender }
      const soon = authenticator.authenticate(token, arrival)
      const authorization = authorize(soon instanceof Promise ? await soon : soon, compiled, arrival, inHand)
      const landed = authorization instanceof Promise ? await authorization : authorization
      const settled = principalOrDenied(landed, compiled, inHand)
      if ('denied' in settled) throw errorOf(settled.denied)
      return settled.principal
    },
    watch: (grant, watchOptions) => watcher.watch(grant, watchOptions),
    signOut: (who, signOutOptions) => signOuts.signOut(who, signOutOptions),
    backChannelLogout,
    metadata: () => metadata ?? noMetadata(),
    explain: (...policy) => explain(compile(...policy)),
    async ready() {
      await Promise.all([issuers.ready(), readyToDecide()])
    },
    exportKeys: () => issuers.exportKeys(),
    async close() {
      closed = true
      watcher.close()
      signOuts.close()
      decisionMaker?.close()
      issuers.close()
      authenticator.close()
      revocations?.close()
      for (const strategy of strategies.values()) strategy.close()
      http.close()
    },
  } satisfies ResourceServer)
}

function firstIdentifier({ issuers }: TrustedIssuer): string {
  return issuers[0] as string
}
