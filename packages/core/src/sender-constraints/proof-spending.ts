import { sha256 } from '#signature'
import type { Emit } from '../outcomes/events.js'
import type { OperatorCode } from '../outcomes/operator-codes.js'
import type { Clock } from '../transport/clock.js'
import { startDeadline } from '../transport/deadline.js'
import { andThen, type AtOnce } from '../vocabulary/at-once.js'
import type { DpopClaims } from './dpop-proof.js'
import { type DpopTimes, endOfProof } from './dpop-times.js'
import type { ReplayMemory, ReplayVerdict } from './replay-memory.js'

interface SpendingParts {
  readonly memory: ReplayMemory
  readonly replayTimeout: number
  readonly times: DpopTimes
  readonly clock: Clock
  readonly emit: Emit
}

/** A proof that holds, and whose token demands it. */
interface VerifiedClaims {
  readonly claims: DpopClaims
  /** Of the key. */
  readonly thumbprint: string
  /** Of the token. */
  readonly issuer: string
}

const REFUSALS: Readonly<Record<ReplayVerdict, OperatorCode | undefined>> = {
  new: undefined,
  replayed: 'dpop-proof-replayed',
  'key-full': 'dpop-proofs-exceeded',
  full: 'replay-memory-full',
}

/** Sees to it that a proof serves once. At once where the memory and the runtime can; a memory that fails lets nobody in. */
export function rememberProof(
  parts: SpendingParts,
  { claims, thumbprint, issuer }: VerifiedClaims,
): AtOnce<OperatorCode | undefined> {
  const { memory, replayTimeout, times, clock, emit } = parts
  const expiresAt = endOfProof(claims, times)

  function failed(error: unknown): OperatorCode {
    emit({ type: 'replay-memory-failed', at: clock.now(), issuer, error })
    return 'replay-memory-failed'
  }

  function judge(verdict: ReplayVerdict): OperatorCode | undefined {
    if (Object.hasOwn(REFUSALS, verdict)) return REFUSALS[verdict]
    return failed(new TypeError('The replay memory has answered nothing that it may answer'))
  }

  function remember(id: string): AtOnce<OperatorCode | undefined> {
    try {
      const verdict = memory.remember({ key: thumbprint, id, now: clock.now(), expiresAt })
      return typeof verdict === 'string'
        ? judge(verdict)
        : startDeadline(replayTimeout).within(Promise.resolve(verdict)).then(judge, failed)
    } catch (error) {
      return failed(error)
    }
  }

  // Hashed, because clients choose how long it is and what stands in it.
  return andThen(sha256(claims.jti), remember)
}
