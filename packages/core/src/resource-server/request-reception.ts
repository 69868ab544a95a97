import { ConfigurationError } from '../outcomes/errors.js'
import { anySender, type SenderChecks } from '../sender-constraints/sender-checks.js'
import type { TokenScheme } from '../tokens/sender-constraint.js'
import type { Instant } from '../transport/clock.js'
import { andThen } from '../vocabulary/at-once.js'
import { type AnyRequest, isRequest } from '../vocabulary/protected-request.js'
import type { Reception } from './answering.js'
import type { Authentication, Authenticator } from './authentication.js'
import type { RequestInHand } from './authorization.js'
import { isBearerToken, readBearerCredentials } from './bearer-credentials.js'

/** A request whose token was looked at once. */
interface ReceivedRequest {
  readonly inHand: RequestInHand & Reception
  /** Verifies the token, once more where it was before. */
  authenticate(arrival: Instant): Authentication | Promise<Authentication>
}

interface ReceptionParts {
  readonly senders: SenderChecks
  readonly schemes: readonly TokenScheme[]
  readonly authenticator: Authenticator
}

export function createReception({ senders, schemes, authenticator }: ReceptionParts) {
  function read(request: AnyRequest): ReceivedRequest {
    const credentials = readBearerCredentials(request, schemes)
    const { scheme } = credentials
    if ('none' in credentials) {
      const failed: Authentication = { kind: 'failed', reason: credentials.none }
      return { authenticate: () => failed, inHand: { request, scheme, sender: anySender } }
    }
    const { token } = credentials
    const land = (authentication: Authentication): Authentication => {
      const isMalformed = authentication.kind === 'failed' && !isBearerToken(token)
      return isMalformed ? { kind: 'failed', reason: 'authorization-malformed' } : authentication
    }
    return {
      authenticate: (arrival) => andThen(authenticator.authenticate(token, arrival), land),
      inHand: {
        request: senders.withoutForged(request),
        scheme,
        sender: senders.examine({ ...credentials, request }),
      },
    }
  }

  /** Reads what came, and looks at who sent it no further than a policy will ask. */
  return function receive(request: AnyRequest): ReceivedRequest | Promise<ReceivedRequest> {
    if (!isRequest(request)) {
      throw new ConfigurationError('request', 'must be a web Request, or a record with method, url and headers')
    }
    const preparation = senders.prepare()
    return preparation === undefined ? read(request) : preparation.then(() => read(request))
  }
}
