import { RevocationError, type RevocationErrorCode } from '../outcomes/errors.js'
import type { Emit } from '../outcomes/events.js'
import type { SignOutFailureCode } from '../outcomes/sign-out-codes.js'
import type { RevocationEntry } from '../revocation/revocation-entry.js'
import type { RevocationList } from '../revocation/revocation-list.js'
import type { Clock } from '../transport/clock.js'
import { startDeadline } from '../transport/deadline.js'
import type { Principal } from '../vocabulary/principal.js'
import { type SignOutAnswer, type SignOutAttempts, startSignOutAttempts } from './sign-out-attempts.js'
import { checkSignOutOptions, type SignOutOptions } from './sign-out-options.js'
import type { createSignOutPreparer, PreparedSignOut } from './sign-out-preparation.js'

/** What a sign-out came to: here, and at the authorization server. */
export interface SignOutResult {
  /**
   * What the entry on the revocation list ends; without a list, what the authorization server was asked to end. `'token'`
   * after a refresh token: the access token names no login, so that other tokens of it live here until they expire.
   */
  readonly ends: 'token' | 'login' | 'user'
  /** `'stored'`: requests are refused from now on. `'failed'`: they are not. `'none'`: there is no revocation list. */
  readonly list: 'stored' | 'failed' | 'none'
  /**
   * Why the list failed. `'claim-missing'`: the token has no name for such an entry. `'add-failed'`: an error of the list's
   * own, or its silence.
   */
  readonly listFailure: RevocationErrorCode | 'add-failed' | undefined
  /** `'unconfirmed'`: there, what was to end may be alive, and bring new tokens. */
  readonly authorizationServer: 'confirmed' | 'unconfirmed'
  /** Why it has not confirmed. */
  readonly failure: SignOutFailureCode | undefined
  /** Whether it is told again in the background. Events say what came of it. */
  readonly retrying: boolean
}

interface SignOutParts {
  readonly prepare: ReturnType<typeof createSignOutPreparer>
  readonly list: RevocationList | undefined
  readonly clock: Clock
  readonly emit: Emit
}

/** Sign-outs that wait for their server, each with a token in memory. Beyond them none is tried again. */
const MOST_WAITING = 1_000
/** Milliseconds the list may take when nobody waits for it. */
const LONGEST_ADD = 30_000

const CLOSED = { reason: 'closed', httpStatus: undefined } as const

/** Ends tokens, logins and users: on the revocation list first, then at the authorization server. */
export class SignOuts {
  readonly #parts: SignOutParts
  readonly #waiting = new Set<SignOutAttempts>()
  #isClosed = false

  constructor(parts: SignOutParts) {
    this.#parts = parts
  }

  async signOut(who: Principal<unknown> | string, options: SignOutOptions): Promise<SignOutResult> {
    const { prepare, list, clock } = this.#parts
    const timeout = checkSignOutOptions(options)
    const prepared = await prepare(who, options, { needsEntry: list !== undefined })
    // Nobody is told before the list denies, however long they take.
    const listFailure = await this.#add(prepared.entry, timeout)

    const attempts = startSignOutAttempts(prepared.tell, clock)
    this.#waiting.add(attempts)
    if (this.#isClosed) attempts.stop(CLOSED)
    const answer = await answerWithin(attempts, timeout)
    if (answer?.confirmed === true) {
      this.#waiting.delete(attempts)
      const again = await this.#addConfirmed(prepared.entry, answer, timeout)
      return this.#result(prepared, { listFailure: listFailure && again })
    }
    const retrying = answer === undefined && this.#waiting.size <= MOST_WAITING
    const { reason: failure } = this.#reportUnconfirmed(prepared, answer ?? attempts.lastFailure(), retrying)
    if (retrying) {
      void this.#reportLater(prepared, attempts)
    } else {
      attempts.stop()
      this.#waiting.delete(attempts)
    }
    return this.#result(prepared, { listFailure, failure, retrying })
  }

  /** Whatever waits is reported, and not tried again. */
  close(): void {
    this.#isClosed = true
    for (const attempts of this.#waiting) attempts.stop(CLOSED)
  }

  async #add(entry: RevocationEntry | undefined, timeout: number): Promise<SignOutResult['listFailure']> {
    const { list } = this.#parts
    if (list === undefined) return undefined
    if (entry === undefined) return 'claim-missing'
    try {
      await startDeadline(timeout).within(list.add(entry))
      return undefined
    } catch (error) {
      return error instanceof RevocationError ? error.code : 'add-failed'
    }
  }

  /** From when the server has confirmed, the entry can end (and without that, it stays while tokens may be refreshed). */
  #addConfirmed(
    entry: RevocationEntry | undefined,
    { startedAt, confirmedAt }: SignOutAnswer & { readonly confirmed: true },
    timeout: number,
  ): Promise<SignOutResult['listFailure']> {
    if (entry?.kind === 'user') {
      // The server ended every login up to then, also those made since the first attempt.
      const notBefore = Math.max(entry.notBefore, startedAt)
      return this.#add({ ...entry, notBefore, confirmedAt }, timeout)
    }
    return this.#add(entry?.kind === 'login' ? { ...entry, confirmedAt } : entry, timeout)
  }

  async #reportLater(prepared: PreparedSignOut, attempts: SignOutAttempts): Promise<void> {
    const answer = await attempts.answer
    this.#waiting.delete(attempts)
    if (!answer.confirmed) {
      this.#reportUnconfirmed(prepared, answer, false)
      return
    }
    await this.#addConfirmed(prepared.entry, answer, LONGEST_ADD)
    const { issuer, ends } = prepared
    this.#parts.emit({ type: 'sign-out-confirmed', at: this.#parts.clock.now(), issuer, ends })
  }

  #reportUnconfirmed(
    { issuer, ends }: PreparedSignOut,
    { reason, httpStatus }: ReturnType<SignOutAttempts['lastFailure']>,
    retrying: boolean,
  ) {
    const at = this.#parts.clock.now()
    this.#parts.emit({ type: 'sign-out-unconfirmed', at, issuer, ends, reason, httpStatus, retrying })
    return { reason }
  }

  #result(
    { ends }: PreparedSignOut,
    { listFailure, failure, retrying = false }: Partial<Pick<SignOutResult, 'listFailure' | 'failure' | 'retrying'>>,
  ): SignOutResult {
    const stored = listFailure === undefined ? 'stored' : 'failed'
    return Object.freeze({
      ends,
      list: this.#parts.list === undefined ? 'none' : stored,
      listFailure,
      authorizationServer: failure === undefined ? 'confirmed' : 'unconfirmed',
      failure,
      retrying,
    })
  }
}

/** `undefined` when none has come in time. */
function answerWithin(attempts: SignOutAttempts, timeout: number): Promise<SignOutAnswer | undefined> {
  return startDeadline(timeout)
    .within(attempts.answer)
    .catch(() => undefined)
}
