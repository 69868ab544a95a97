import { inMemoryRevocationList } from '../../src/index.js'
import { connectIssuers, type IssuerRegistry, revocationIssuers } from '../../src/issuers/issuer-registry.js'
import { type IssuerContext, trustedIssuer } from '../../src/issuers/trusted-issuer.js'
import { UpstreamError } from '../../src/outcomes/errors.js'
import type { Authentication } from '../../src/resource-server/authentication.js'
import { createAuthorizer } from '../../src/resource-server/authorization.js'
import { connectRevocationList } from '../../src/revocation/connect-revocation-list.js'
import type { KnownRevocations } from '../../src/revocation/known-revocations.js'
import { createIssuerStrategy } from '../../src/strategy/issuer-strategy.js'
import { anySender } from '../../src/sender-constraints/sender-checks.js'
import type { CompiledPolicy } from '../../src/strategy/route-policy.js'
import type { LiveAnswer, LiveCheck } from '../../src/tokens/live-check.js'
import type { TokenFacts } from '../../src/tokens/token-facts.js'
import { TokenKey } from '../../src/tokens/token-key.js'
import { type Clock, readInstant } from '../../src/transport/clock.js'
import type { FeedSubscription, SimulatedFeed } from './simulated-feed.js'
import type { SimulatedIssuer, SimulatedToken, TrueTime } from './simulated-issuer.js'

export const ISSUER = 'https://issuer.example'

export interface NodeSettings {
  readonly clockTolerance: number
  readonly propagationDelay: number
  readonly issuedAtIsEvidence: boolean
  readonly maxTokenLifetime: number | undefined
  readonly hasLiveCheck: boolean
  /** What is revoked is written there; without it the node has no list. */
  readonly feed: SimulatedFeed | undefined
}

/** One process of the API: the code under test from the parsed token on, with clocks that are not quite right. */
export class SimulatedNode {
  /** What its wall clock is off by. */
  wallOffset: number
  /** How long its monotonic clock stood still, as while a Lambda is frozen. */
  frozenFor = 0
  readonly clock: Clock
  subscription: FeedSubscription | undefined
  /** What was answered, in order; calls about one token follow each other. */
  readonly #answers = new Map<SimulatedToken, readonly boolean[]>()
  readonly #authorize: ReturnType<typeof createAuthorizer>['authorize']

  constructor(time: TrueTime, issuer: SimulatedIssuer, settings: NodeSettings, wallOffset: number) {
    const { clockTolerance, propagationDelay, issuedAtIsEvidence, maxTokenLifetime, feed } = settings
    this.wallOffset = wallOffset
    this.clock = {
      now: () => Math.floor(time.now + this.wallOffset),
      monotonic: () => Math.floor(time.now - this.frozenFor),
    }
    const trusted = trustedIssuer([ISSUER], {
      clockTolerance,
      carriesScopes: true,
      evidence: { propagationDelay, issuedAtIsEvidence, maxTokenLifetime, inactiveMemory: 1_000 },
      opaqueTokens: true,
      connect: () => ({
        keys: {
          find: never,
          load: async () => {},
          atHand: () => undefined,
          snapshot: () => undefined,
          close: () => {},
        },
        validator: { validate: never, factsOfClaims: never, stillHolds: never, hasKey: never },
      }),
      connectLive: settings.hasLiveCheck ? () => this.#liveCheck(issuer) : undefined,
    })
    const http = { send: never, close: () => {} }
    const context = { http, clock: this.clock, emit: () => {} }
    const issuers = connectIssuers([trusted], context)
    const revocations = feed && this.#follow(feed, issuers, context)
    const strategy = createIssuerStrategy(trusted, context, { revocations, maxRememberedTokens: 100 })
    const { authorize } = createAuthorizer({
      issuers,
      strategyOf: () => strategy,
      clock: this.clock,
      isClosed: () => false,
    })
    this.#authorize = authorize
  }

  #liveCheck(issuer: SimulatedIssuer): LiveCheck {
    return {
      endpoints: ['introspection'],
      reaches: () => true,
      ask: async ({ token: name, facts }): Promise<LiveAnswer> => {
        const token = issuer.tokens.find((candidate) => candidate.name === name) as SimulatedToken
        const active = await issuer.ask(token, () => new UpstreamError('connection-failed', 'down'))
        this.#answers.set(token, [...(this.#answers.get(token) ?? []), active])
        if (!active) return { active }
        return { active, facts: facts === undefined ? factsOf(token) : undefined }
      },
    }
  }

  #follow(feed: SimulatedFeed, issuers: IssuerRegistry, context: IssuerContext): KnownRevocations {
    const list = inMemoryRevocationList({ clock: this.clock, refreshTokenLifetime: '1m' })
    const keys = ['jti', 'login', 'sub'] as const
    const source = 'authorization-server'
    const options = { issuer: ISSUER, name: 'feed', source, complete: true, keys, delay: feed.delay } as const
    this.subscription = feed.subscribe(list.feed(options))
    return connectRevocationList(list, revocationIssuers(issuers), context)
  }

  wasToldInactive(token: SimulatedToken): boolean {
    return this.#answers.get(token)?.at(-1) === false
  }

  yesesAbout(token: SimulatedToken): number {
    return (this.#answers.get(token) ?? []).filter(Boolean).length
  }

  /** A request arrives now. */
  async request(token: SimulatedToken, policy: CompiledPolicy<unknown>) {
    const key = keyOf(token)
    const authentication: Authentication = token.opaque
      ? { kind: 'opaque', token: token.name, key }
      : { kind: 'validated', token: token.name, key, facts: factsOf(token), verified: undefined }
    return (await this.#authorize(authentication, policy, readInstant(this.clock), inHand)).result
  }
}

const inHand = { request: undefined, sender: anySender }

/** Of each request its own, as where no token is remembered; some tokens have their hint in common. */
function keyOf({ name }: SimulatedToken): TokenKey {
  return new TokenKey(name, name.at(-1))
}

const remembered = new WeakMap<SimulatedToken, TokenFacts>()

function factsOf(token: SimulatedToken): TokenFacts {
  let facts = remembered.get(token)
  if (facts === undefined) {
    facts = {
      issuer: ISSUER,
      subject: 'user',
      clientId: 'client',
      scopes: [],
      groups: [],
      claims: {
        iss: ISSUER,
        sub: 'user',
        exp: token.exp / 1_000,
        jti: token.name,
        ...(token.login.isNamed && { origin_jti: token.login.name }),
      },
      expiresAt: token.exp,
      issuedAt: token.iat,
    }
    remembered.set(token, facts)
  }
  return facts
}

function never(): never {
  throw new Error('nothing asks for this in a simulation')
}
