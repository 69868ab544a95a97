import { UpstreamError } from '../outcomes/errors.js'
import type { SignOutFailureCode } from '../outcomes/sign-out-codes.js'
import { type Clock, elapsedSince, readInstant } from '../transport/clock.js'
import { callAfter } from '../transport/timer.js'

/** What came of telling the authorization server. Times in milliseconds since the epoch. */
export type SignOutAnswer =
  | { readonly confirmed: true; readonly startedAt: number; readonly confirmedAt: number }
  | ({ readonly confirmed: false } & SignOutFailure)

interface SignOutFailure {
  readonly reason: SignOutFailureCode
  readonly httpStatus: number | undefined
}

/** Tells an authorization server of one sign-out, again and again until it confirms or nobody tries any more. */
export interface SignOutAttempts {
  /** Resolves, once, to the confirmation, or to the last failure when there will be no further attempt. */
  readonly answer: Promise<SignOutAnswer>
  /** Why the last attempt failed; a time-out before one has. */
  lastFailure(): SignOutFailure
  /** No further attempt; `answer` is the last failure, or the one that is given. */
  stop(failure?: SignOutFailure): void
}

/** A pause doubles from the first to the longest, each shortened by up to half at random. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 300_000
const MOST_ATTEMPTS = 20
/** Whatever the pauses come to. */
const LONGEST_WHOLE = 3_600_000
/** Functions of the application may never come to an end. */
const LONGEST_ATTEMPT = 30_000

export function startSignOutAttempts(
  tell: () => Promise<unknown>,
  clock: Clock,
  random: () => number = Math.random,
): SignOutAttempts {
  const begun = readInstant(clock)
  let made = 0
  let underWay: number | undefined
  let failure: SignOutFailure = { reason: 'timeout', httpStatus: undefined }
  let cancelTimer: (() => void) | undefined
  let isOver = false
  let resolve: (answer: SignOutAnswer) => void
  const answer = new Promise<SignOutAnswer>((settle) => (resolve = settle))

  function end(with_: SignOutAnswer): void {
    isOver = true
    cancelTimer?.()
    resolve(with_)
  }

  function stop(because = failure): void {
    end({ confirmed: false, ...because })
  }

  async function attempt(): Promise<void> {
    const thisOne = ++made
    underWay = thisOne
    const startedAt = clock.now()
    cancelTimer = callAfter(LONGEST_ATTEMPT, () => failed(thisOne, new UpstreamError('timeout', 'No answer')))
    try {
      await tell()
    } catch (error) {
      failed(thisOne, error)
      return
    }
    // Also where the answer comes so late that the next attempt is under way.
    end({ confirmed: true, startedAt, confirmedAt: clock.now() })
  }

  function failed(which: number, error: unknown): void {
    // One that was given up may still fail later; by then another counts.
    if (isOver || which !== underWay) return
    underWay = undefined
    cancelTimer?.()
    failure = failureOf(error)
    const isLate = elapsedSince(begun, readInstant(clock)) >= LONGEST_WHOLE
    if (isFinal(failure) || made >= MOST_ATTEMPTS || isLate) return stop()
    const wait = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (made - 1)) * (1 - random() / 2)
    const asked = error instanceof UpstreamError ? (error.retryAfter ?? 0) * 1_000 : 0
    cancelTimer = callAfter(Math.max(wait, Math.min(asked, LONGEST_PAUSE)), () => void attempt())
  }

  void attempt()
  return { answer, lastFailure: () => failure, stop }
}

function failureOf(error: unknown): SignOutFailure {
  return error instanceof UpstreamError
    ? { reason: error.code, httpStatus: error.httpStatus }
    : { reason: 'tell-failed', httpStatus: undefined }
}

/** A refusal that the same call will meet again. */
function isFinal({ reason, httpStatus = 0 }: SignOutFailure): boolean {
  if (reason === 'client-rejected' || reason === 'token-type-not-supported' || reason === 'closed') return true
  // A server that is slow or not ready says so with these two (RFC 9110 §15.5.9, RFC 8470 §5.2).
  const mayPass = httpStatus === 408 || httpStatus === 425
  return reason === 'unexpected-status' && httpStatus >= 400 && httpStatus < 500 && !mayPass
}
