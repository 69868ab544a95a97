import type { FakeClock } from '../fake-clock.js'

/** What an adapter is asked to build. Plain data, apart from the clock, under the names of RFCs and of route policies. */
export interface ConformanceApp {
  /** The `realm` of every challenge (RFC 9110 §11.5). */
  readonly realm: string
  /** Whose tokens the app accepts: a fake Cognito user pool and a fake authorization server, both served on loopback ports. */
  readonly issuers: readonly ConformanceIssuer[]
  /** What the app answers. An adapter that cannot express a route leaves it out, and lists the cases that miss it. */
  readonly routes: readonly ConformanceRoute[]
  /** What the app tells browsers of another origin, in the way of its framework. */
  readonly cors: ConformanceCors
  /** Time as the issuers see it. Cases move it; see {@link RunningAppControl.advance}. */
  readonly clock: Pick<FakeClock, 'now'>
  /**
   * What clients know the app by (RFC 9728 §1.2): it serves metadata, and its challenges name their address. Only with the
   * capability `'sender-constraints'`.
   */
  readonly resource?: string
  /** What tokens may be bound to; only with the capability `'sender-constraints'`, and then for an app of its own. */
  readonly senderConstraints?: ConformanceSenderConstraints
}

/** What tokens may be bound to, both kinds at once. */
export interface ConformanceSenderConstraints {
  /** Proofs of DPoP (RFC 9449). */
  readonly dpop: {
    /** What proofs are for: this origin, whatever the app believes to be its own. */
    readonly publicUrl: string
    /** Proofs have to hold a nonce (§9), made from this secret; a new one is given out every five minutes. */
    readonly nonce: { readonly secret: string; readonly rotateEvery: '5m' }
  }
  /** Client certificates (RFC 8705) come in the header `Client-Cert` (RFC 9440). */
  readonly clientCertHeader: {
    /** From a proxy that is known by a header, and from nobody else. */
    readonly trustedProxy: { readonly secretHeader: { readonly name: string; readonly value: string } }
    /** It lets in only certificates it has verified. */
    readonly chainVerified: true
  }
}

/** An issuer, told apart by `kind`. */
export type ConformanceIssuer = ConformanceUserPool | ConformanceAuthorizationServer

interface ServedIssuer {
  /** The issuer identifier, as tokens carry it in `iss`. */
  readonly issuer: string
  /** Where its keys are, plain http on 127.0.0.1. */
  readonly jwksUri: string
}

/** A Cognito user pool. `iss` names AWS; keys, `GetUser` and the like are at `endpoint`. */
export interface ConformanceUserPool extends ServedIssuer {
  /** Tells the issuers apart. */
  readonly kind: 'cognito'
  /** Its id. */
  readonly userPoolId: string
  /** The app clients whose tokens are accepted. */
  readonly clientId: readonly string[]
  /** What answers in place of the hosts of AWS. */
  readonly endpoint: string
}

/** An authorization server that issues JWTs and opaque tokens, and is asked about both (RFC 7662). */
export interface ConformanceAuthorizationServer extends ServedIssuer {
  /** Tells the issuers apart. */
  readonly kind: 'authorization-server'
  /** What `aud` of its tokens must hold. */
  readonly audience: string
  /** Its tokens may be opaque. */
  readonly opaqueTokens: true
  /** Where to ask, and as whom: `client_secret_basic` or `client_secret_post` (RFC 6749 §2.3.1). */
  readonly introspection: {
    /** The introspection endpoint; its metadata name it, too. */
    readonly endpoint: string
    /** Id of the client that may ask. */
    readonly clientId: string
    /** Its secret. */
    readonly clientSecret: string
  }
}

/** One route. Its handler answers 200 with {@link ConformanceAnswer} as JSON, or throws. */
export interface ConformanceRoute {
  /** What the answer of its handler says in `route`. */
  readonly name: string
  /** Methods that every framework has. */
  readonly method: 'GET' | 'POST'
  /** A slash and one segment. */
  readonly path: string
  /**
   * `'protected'`: a token that meets the policy is needed. `'optional'`: a request without credentials is let in without
   * a principal; any other is treated as on a protected route. `'public'`: no token is looked at.
   */
  readonly access: 'protected' | 'optional' | 'public'
  /** What a token must meet; empty: any valid token will do. */
  readonly policy: ConformancePolicy
  /** `'principal'`: see {@link ConformanceAnswer}. `'error'`: the handler throws an `Error` of its own, which is a 500. */
  readonly answers: 'principal' | 'error'
}

/** A route policy that needs no code. */
export interface ConformancePolicy {
  /** Scopes the token must have, all of them. */
  readonly scopes?: readonly string[]
  /** Scopes of which it must have one. */
  readonly anyScope?: readonly string[]
  /** Groups of which it must have one. */
  readonly groups?: readonly string[]
  /** Issuer identifiers of which one must have issued it. */
  readonly issuers?: readonly string[]
  /** How long a revoked token may still be accepted. Absent: until it expires. */
  readonly maxRevocationLag?: '0s' | '30s'
  /** The same while the issuer cannot be reached. Absent: such a request is unavailable. */
  readonly maxRevocationLagDuringOutage?: '10m'
  /** Authentication context classes of which the token must have one (RFC 9470 §4); only with the capability `'step-up'`. */
  readonly acrValues?: readonly string[]
  /** How long ago the user may have signed in (RFC 9470 §4); only with the capability `'step-up'`. */
  readonly maxAge?: '5m'
  /** The token must be bound to its sender; only with the capability `'sender-constraints'`. */
  readonly senderConstrained?: 'required'
}

/** What handlers answer, as JSON. */
export interface ConformanceAnswer {
  /** The name of the route: it shows that its handler ran. */
  readonly route: string
  /** Who is calling, whole; `null` where nobody is. */
  readonly principal: ConformancePrincipal | null
}

/** A principal as it survives JSON. */
export interface ConformancePrincipal {
  /** `sub` of the token. */
  readonly subject: string
  /** `client_id` of the token. */
  readonly clientId?: string
  /** Its scopes, in order. */
  readonly scopes: readonly string[]
  /** Its groups, in order. */
  readonly groups: readonly string[]
  /** `iss` of the token. */
  readonly issuer: string
  /** When it ends, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** All its claims. */
  readonly claims: Readonly<Record<string, unknown>>
  /** Why it counts as not revoked. */
  readonly evidence: {
    /** `'local-validation'`, `'cached-answer'`, `'live-call'` or `'revocation-list'`. */
    readonly source: string
    /** As of when, in milliseconds since the epoch. */
    readonly asOf?: number
    /** Milliseconds from then to the decision. */
    readonly lagMs?: number
    /** Whether the bound for outages was used. */
    readonly relaxed: boolean
  }
}

/** CORS (Fetch Standard §3.2) for every route. */
export interface ConformanceCors {
  /** The one origin that is let in. */
  readonly origin: string
  /** `Access-Control-Allow-Methods`. */
  readonly methods: readonly string[]
  /** `Access-Control-Allow-Headers`. */
  readonly allowedHeaders: readonly string[]
  /** `Access-Control-Expose-Headers`, on every answer: what a client in a browser needs to read. */
  readonly exposedHeaders: readonly string[]
}

/** An app that was built, and how to reach it: in this process, or on a port. */
export type RunningApp = RunningAppControl &
  (
    | {
        /** Answers a request. It may run any number at once. */
        fetch(request: Request): Response | Promise<Response>
        readonly url?: undefined
      }
    | {
        /** Its origin, plain http on a loopback address: `'http://127.0.0.1:3000'`. */
        readonly url: string
        readonly fetch?: undefined
      }
  )

/** What else a suite does to an app. */
export interface RunningAppControl {
  /**
   * Told after the clock has moved, by how many milliseconds, for apps in another process, which do not see
   * {@link ConformanceApp.clock}.
   */
  advance?(milliseconds: number): unknown
  /** Stops the app. */
  close?(): unknown
}
