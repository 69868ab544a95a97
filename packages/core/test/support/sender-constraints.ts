import { senderConstraint, type SenderCheck, type SenderConstraint } from '../../src/tokens/sender-constraint.js'
import type { ConfirmationMethod } from '../../src/vocabulary/confirmation.js'

/** A sender constraint that is whatever a test says. */
export function constraintOf(
  method: ConfirmationMethod,
  examine: SenderCheck['examine'],
  more: Partial<SenderCheck> = {},
): SenderConstraint {
  return senderConstraint({ method, connect: () => ({ method, metadata: {}, examine, ...more }) })
}
