import { ConfigurationError } from '../outcomes/errors.js'
import type { Emit } from '../outcomes/events.js'
import type { OperatorCode } from '../outcomes/operator-codes.js'
import type { Clock } from '../transport/clock.js'
import type { AtOnce } from '../vocabulary/at-once.js'
import type { ConfirmationMethod } from '../vocabulary/confirmation.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'
import type { TokenFacts } from './token-facts.js'

/** Shared by every copy of this module, so that a constraint made by one entry is known to another. */
const DEFINITION: unique symbol = Symbol.for('@tokenward/core.sender-constraint-definition')

/** A way to hold tokens to their senders, made by `certificateBound` or `dpop`. */
export interface SenderConstraint {
  /** @internal */
  readonly [DEFINITION]: SenderConstraintDefinition
}

export interface SenderConstraintDefinition {
  /** The member of `cnf` that it checks. */
  readonly method: ConfirmationMethod
  /** Starts the parts that hold state, once per server. */
  connect(context: SenderConstraintContext): SenderCheck
}

/** What a sender constraint needs of the server it is used in. */
export interface SenderConstraintContext {
  readonly clock: Clock
  readonly emit: Emit
  /** The configured issuers, each with all its identifiers. */
  readonly issuers: readonly (readonly string[])[]
}

/** An authentication scheme that access tokens come under (RFC 6750 §2.1, RFC 9449 §7.1). */
export type TokenScheme = 'Bearer' | 'DPoP'

/** Whether a token has to be bound to its sender, or is held to what it is bound to where it is. */
export type SenderDemand = 'required' | 'if-bound'

/** A token, and what it came with. */
export interface TokenPresentation {
  readonly token: string
  readonly scheme: TokenScheme
  /** `undefined` where the token came alone, as in a queue: then nothing is shown. */
  readonly request: AnyRequest | undefined
}

/** Checks senders, for one server. */
export interface SenderCheck {
  readonly method: ConfirmationMethod
  /** Members of the protected resource metadata (RFC 9728 §2). */
  readonly metadata: SenderConstraintMetadata
  /** The scheme it takes tokens under, beside `Bearer`; absent where it has none. */
  readonly scheme?: DpopScheme
  /** What has to be at hand before anything is checked or told; `undefined` where it is. */
  prepare?(): Promise<void> | undefined
  /** A request without what the check has found to be forged; absent where it finds nothing of the kind. */
  withoutForged?(request: AnyRequest): AnyRequest
  examine(presentation: TokenPresentation): SenderExamination
}

/** What the metadata of a resource say of sender constraints (RFC 9728 §2). */
export interface SenderConstraintMetadata {
  readonly tls_client_certificate_bound_access_tokens?: true
  readonly dpop_signing_alg_values_supported?: readonly string[]
  readonly dpop_bound_access_tokens_required?: true
}

/** What challenges of the scheme `DPoP` say (RFC 9449 §7.1, §9). */
export interface DpopScheme {
  /** `algs`: names of algorithms with spaces in between. */
  readonly algorithms: string
  /** Whether no token is accepted under another scheme, on any route. */
  readonly required: boolean
  /** What the next proof has to hold; `undefined` where nothing. */
  nonce(): string | undefined
}

/** One request under examination. Whatever it costs is done once, however many policies follow. */
export interface SenderExamination {
  /** What is wrong with what the sender shows, whatever the token is bound to. */
  refusal?(): AtOnce<OperatorCode | undefined>
  /** Compares; remembers nothing, asks nobody. Whether the sender has shown what these facts demand; they may demand nothing. */
  compare(facts: TokenFacts): AtOnce<OperatorCode | boolean>
  /** Sees to it that what was shown serves once. After all that can be checked here has passed. */
  spend?(facts: TokenFacts): AtOnce<OperatorCode | undefined>
  /** What the sender is told with a grant. */
  renewedNonce?(): string | undefined
}

export function senderConstraint(definition: SenderConstraintDefinition): SenderConstraint {
  // Not enumerable: a spread copy, whose members may have been changed, is no constraint.
  return Object.freeze(Object.defineProperty({}, DEFINITION, { value: Object.freeze(definition) }) as SenderConstraint)
}

export function definitionOfConstraint(constraint: unknown, option: string): SenderConstraintDefinition {
  const definition = (constraint as { [DEFINITION]?: SenderConstraintDefinition } | null | undefined)?.[DEFINITION]
  if (definition === undefined) throw new ConfigurationError(option, 'must be made by certificateBound() or dpop()')
  return definition
}
