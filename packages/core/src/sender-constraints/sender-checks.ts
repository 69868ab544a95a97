import { ConfigurationError } from '../outcomes/errors.js'
import type { OperatorCode } from '../outcomes/operator-codes.js'
import {
  definitionOfConstraint,
  type DpopScheme,
  type SenderCheck,
  type SenderConstraint,
  type SenderConstraintContext,
  type SenderConstraintMetadata,
  type SenderDemand,
  type SenderExamination,
  type TokenPresentation,
} from '../tokens/sender-constraint.js'
import type { TokenFacts } from '../tokens/token-facts.js'
import { andThen, type AtOnce } from '../vocabulary/at-once.js'
import type { ConfirmationMethod } from '../vocabulary/confirmation.js'
import type { AnyRequest } from '../vocabulary/protected-request.js'

/** The sender constraints of one server. */
export interface SenderChecks {
  /** The members of `cnf` that are checked. */
  readonly methods: readonly ConfirmationMethod[]
  readonly metadata: SenderConstraintMetadata
  /** What challenges tell of the scheme `DPoP`; `undefined` where tokens come as `Bearer` alone. */
  readonly dpop: DpopScheme | undefined
  /** What has to be at hand before a request is examined or answered; `undefined` where it is. */
  prepare(): Promise<void> | undefined
  /** A request without headers that were forged, for the functions of policies. */
  withoutForged(request: AnyRequest): AnyRequest
  examine(presentation: TokenPresentation): PresentedSender
}

/** The sender of one request. Everything is worked out once, however many policies follow. */
export interface PresentedSender {
  /** What is wrong with what the sender shows, whatever the token is: for tokens that only their issuer can read. */
  refusal(): Answer
  /**
   * Whether the sender has shown all that the token is bound to, and is bound at all where that is demanded. Remembers
   * nothing and asks nobody.
   */
  compare(facts: TokenFacts, demand: SenderDemand): Answer
  /** Sees to it that what was shown serves one request alone. It may ask a memory that others share. */
  spend(facts: TokenFacts): Answer
  /** A nonce the client should take from now on; `undefined` where it has the newest. */
  renewedNonce(): string | undefined
}

type Answer = AtOnce<OperatorCode | undefined>

const OPTION = 'createResourceServer.senderConstraints'

export function connectSenderConstraints(
  constraints: readonly SenderConstraint[] | undefined,
  context: SenderConstraintContext,
): SenderChecks {
  if (constraints !== undefined && (!Array.isArray(constraints) || constraints.length === 0)) {
    throw new ConfigurationError(OPTION, 'must be a list of one or more, such as [certificateBound(), dpop({ … })]')
  }
  const checks = [...(constraints ?? [])].map((constraint, index) => {
    const definition = definitionOfConstraint(constraint, `${OPTION}[${index}]`)
    return { method: definition.method, check: definition.connect(context) }
  })
  const methods = checks.map(({ method }) => method)
  if (new Set(methods).size < methods.length) {
    throw new ConfigurationError(OPTION, 'has two of a kind; each may be configured once')
  }
  const list = checks.map(({ check }) => check)
  return {
    methods,
    metadata: Object.freeze(Object.assign({}, ...list.map(({ metadata }) => metadata))),
    dpop: list.find(({ scheme }) => scheme !== undefined)?.scheme,
    prepare: () => prepareAll(list),
    withoutForged: (request) => list.reduce((seen, check) => check.withoutForged?.(seen) ?? seen, request),
    examine: (presentation) =>
      list.length === 0
        ? unconstrained
        : new ExaminedSender(
            methods,
            list.map((check) => check.examine(presentation)),
          ),
  }
}

function prepareAll(checks: readonly SenderCheck[]): Promise<void> | undefined {
  const awaited = checks.map((check) => check.prepare?.()).filter((promise) => promise !== undefined)
  return awaited.length === 0 ? undefined : Promise.all(awaited).then(() => undefined)
}

class ExaminedSender implements PresentedSender {
  readonly #methods: readonly ConfirmationMethod[]
  readonly #examinations: readonly SenderExamination[]

  constructor(methods: readonly ConfirmationMethod[], examinations: readonly SenderExamination[]) {
    this.#methods = methods
    this.#examinations = examinations
  }

  refusal(): Answer {
    return this.#first((examination) => examination.refusal?.())
  }

  compare(facts: TokenFacts, demand: SenderDemand): Answer {
    const bound = Object.keys(facts.confirmation ?? {}) as ConfirmationMethod[]
    if (!bound.every((method) => this.#methods.includes(method))) return 'sender-constraint-unchecked'
    let isShown = false
    const note = (answer: OperatorCode | boolean) => {
      if (typeof answer === 'string') return answer
      isShown ||= answer
      return undefined
    }
    const judge = (refusal: OperatorCode | undefined) =>
      refusal ?? (demand === 'required' && !isShown ? 'sender-constraint-missing' : undefined)
    return andThen(
      this.#first((examination) => andThen(examination.compare(facts), note)),
      judge,
    )
  }

  spend(facts: TokenFacts): Answer {
    return this.#first((examination) => examination.spend?.(facts))
  }

  renewedNonce(): string | undefined {
    return this.#examinations.find(({ renewedNonce }) => renewedNonce !== undefined)?.renewedNonce?.()
  }

  /** In turn, the first refusal; at once as long as nothing has to be waited for. */
  #first(refusalOf: (examination: SenderExamination) => Answer, start = 0): Answer {
    for (let i = start; i < this.#examinations.length; i++) {
      const answer = refusalOf(this.#examinations[i] as SenderExamination)
      if (answer instanceof Promise) return answer.then((refusal) => refusal ?? this.#first(refusalOf, i + 1))
      if (answer !== undefined) return answer
    }
    return undefined
  }
}

/** Where it does not matter who sends a token, as where it is only to be ended. */
export const anySender: PresentedSender = {
  refusal: () => undefined,
  compare: () => undefined,
  spend: () => undefined,
  renewedNonce: () => undefined,
}

/** Where nothing is checked, a token that is bound to anything is refused (RFC 9449 §7.2). */
export const unconstrained: PresentedSender = {
  ...anySender,
  compare({ confirmation }, demand) {
    if (confirmation !== undefined) return 'sender-constraint-unchecked'
    return demand === 'required' ? 'sender-constraint-missing' : undefined
  },
}
