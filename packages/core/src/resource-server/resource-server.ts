import { createHttpClient } from '#http-client'
import { type ConnectedIssuer, connectIssuers } from '../issuers/issuer-registry.js'
import type { TrustedIssuer } from '../issuers/trusted-issuer.js'
import { ConfigurationError, TokenRefusedError, TokenUncheckedError } from '../outcomes/errors.js'
import { emitTo } from '../outcomes/events.js'
import { isRefusalCode, type OperatorCode } from '../outcomes/operator-codes.js'
import { checkClaims, refusalByPolicy } from '../strategy/policy-check.js'
import { type PolicyExplanation, explainPolicy } from '../strategy/policy-explanation.js'
import type { ClaimsOf, ClaimsSchema, CompiledPolicy } from '../strategy/route-policy.js'
import { isExpired } from '../tokens/claim-expectations.js'
import { parseCompactJws } from '../tokens/compact-jws.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { createFetchClient } from '../transport/fetch-client.js'
import { evidenceOfLocalValidation } from '../vocabulary/evidence.js'
import { member } from '../vocabulary/json-object.js'
import type { Principal } from '../vocabulary/principal.js'
import { type AnyRequest, isRequest } from '../vocabulary/protected-request.js'
import { readBearerCredentials } from './bearer-credentials.js'
import { granted, type Outcome, refused, unavailable } from './outcome.js'
import { createPolicyCompiler, type PolicyOrLiteral } from './policy-compiler.js'
import { checkResourceServerOptions, type ResourceServerOptions } from './resource-server-options.js'

/** One request whose token was parsed and verified once; any number of policies may follow. */
export interface Presented {
  /** `'none'`: the request carried no bearer token, which is all that optional authentication asks. Else `'present'`. */
  readonly credentials: 'none' | 'present'
  /** Decides one policy, as `ResourceServer.authorize` does. */
  authorize<Schema extends ClaimsSchema | undefined = undefined, Claims = ClaimsOf<Schema>>(
    policy?: PolicyOrLiteral<Schema, Claims>,
  ): Promise<Outcome<Claims>>
}

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
  /** Parses and verifies once, for several policies on one request. */
  present(request: AnyRequest): Promise<Presented>
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
  /** What a policy means here: which issuers, which evidence, what an outage does. */
  explain(policy?: PolicyOrLiteral<ClaimsSchema | undefined, unknown>): PolicyExplanation
  /**
   * Fetches all keys before traffic; keys that are fresh are not fetched again, so it can serve as a readiness probe.
   *
   * @throws {@link UpstreamError} when an issuer has no keys to give.
   */
  ready(): Promise<void>
  /** Ends connections and forgets all keys; later requests are unavailable. */
  close(): Promise<void>
}

/** What the credentials of a request came to. */
interface Authentication {
  /** The configured issuer that the token names; whether it issued the token is for `result` to say. */
  readonly issuer?: string
  readonly result: TokenFacts | OperatorCode
}

/**
 * Makes a resource server. Every option is checked here and never again; nothing is fetched before `ready()` or the
 * first token.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  const { realm, maxTokenBytes, clock } = checkResourceServerOptions(options)
  const { fetch, onEvent } = options
  const emit = emitTo(onEvent)
  const http = fetch === undefined ? createHttpClient() : createFetchClient(() => fetch)
  const issuers = connectIssuers(options.issuers, { http, clock, emit })
  const compile = createPolicyCompiler(issuers)
  let closed = false

  async function authenticate(token: string): Promise<Authentication> {
    if (closed) return { result: 'resource-server-closed' }
    // Callers in plain JavaScript may hand in anything.
    if (typeof token !== 'string') return { result: 'token-malformed' }
    const jws = parseCompactJws(token, maxTokenBytes)
    if (typeof jws === 'string') return { result: jws }
    const iss = member(jws.payload, 'iss')
    const issuer = typeof iss === 'string' ? issuers.select(iss) : undefined
    if (issuer === undefined) return { result: 'issuer-not-trusted' }
    return { issuer: iss as string, result: await issuer.validator.validate(jws, clock.now()) }
  }

  /** What may have changed since the facts were gathered. */
  function ended(facts: TokenFacts, clockTolerance: number): OperatorCode | undefined {
    if (closed) return 'resource-server-closed'
    return isExpired(facts.expiresAt, clockTolerance, clock.now()) ? 'token-expired' : undefined
  }

  async function decide<Claims>(
    facts: TokenFacts,
    policy: CompiledPolicy<Claims>,
  ): Promise<Principal<Claims> | OperatorCode> {
    const { clockTolerance } = (issuers.select(facts.issuer) as ConnectedIssuer).definition
    const endedBefore = ended(facts, clockTolerance)
    if (endedBefore !== undefined) return endedBefore
    if (!issuers.isAmong(facts.issuer, policy.issuers)) return 'issuer-not-accepted'
    const refusal = refusalByPolicy(policy, facts)
    if (refusal !== undefined) return refusal
    const check = await checkClaims(policy, facts)
    if (!check.accepted) return check.reason
    // A schema may take its time.
    const endedSince = ended(facts, clockTolerance)
    if (endedSince !== undefined) return endedSince
    const { subject, clientId, scopes, groups, issuer, expiresAt } = facts
    const evidence = evidenceOfLocalValidation(facts.issuedAt, clock.now(), clockTolerance)
    return Object.freeze({ subject, clientId, scopes, groups, issuer, expiresAt, claims: check.claims, evidence })
  }

  async function settle<Claims>(
    { issuer, result }: Authentication,
    policy: CompiledPolicy<Claims>,
  ): Promise<Outcome<Claims>> {
    const known = typeof result === 'string' ? undefined : result
    const decision = typeof result === 'string' ? result : await decide(result, policy)
    const event = { at: clock.now(), route: policy.name, issuer }
    if (typeof decision !== 'string') {
      const { clientId, evidence } = decision
      emit({ type: 'request-granted', ...event, clientId, evidence })
      return granted(decision)
    }
    if (!isRefusalCode(decision)) {
      emit({ type: 'request-unavailable', ...event, reason: decision })
      return unavailable(decision)
    }
    const outcome = refused(decision, realm, [...new Set([policy.scopes, policy.anyScope].flat(2))])
    const { status, body, reason } = outcome
    emit({ type: 'request-refused', ...event, clientId: known?.clientId, status, error: body.error, reason })
    return outcome
  }

  async function present(request: AnyRequest): Promise<Presented> {
    if (!isRequest(request)) {
      throw new ConfigurationError('request', 'must be a web Request, or a record with method, url and headers')
    }
    const credentials = readBearerCredentials(request)
    const authentication: Authentication =
      'none' in credentials ? { result: credentials.none } : await authenticate(credentials.token)
    return {
      credentials: authentication.result === 'no-credentials' ? 'none' : 'present',
      authorize: async (...policy) => settle(authentication, compile(...policy)),
    }
  }

  return Object.freeze({
    policy: (policy) => compile(policy),
    present,
    async authorize(request, ...policy) {
      const compiled = compile(...policy)
      return (await present(request)).authorize(compiled)
    },
    async verify(token, ...policy) {
      const compiled = compile(...policy)
      const outcome = await settle(await authenticate(token), compiled)
      if (outcome.outcome === 'granted') return outcome.principal
      if (outcome.outcome === 'unavailable') throw new TokenUncheckedError(outcome.reason)
      throw new TokenRefusedError(outcome.reason, outcome.headers['WWW-Authenticate'])
    },
    explain(...policy) {
      const compiled = compile(...policy)
      const isAdmitted = ({ issuers: [first] }: TrustedIssuer) => issuers.isAmong(first as string, compiled.issuers)
      return explainPolicy(compiled, issuers.trusted.filter(isAdmitted))
    },
    ready: () => issuers.ready(),
    async close() {
      closed = true
      issuers.close()
      http.close()
    },
  } satisfies ResourceServer)
}
