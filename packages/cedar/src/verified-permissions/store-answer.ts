import type { Decision, Undecided } from '@tokenward/core'
import { withoutValues } from '../without-values.js'

/** What Verified Permissions, or the way there, made of a call. Holds no token and none of the data that was sent. */
export class VerifiedPermissionsError extends Error {
  /** Name of the exception, such as `ThrottlingException`. */
  readonly exception: string
  /** HTTP status; `undefined` where there was no answer. */
  readonly status: number | undefined
  /** For AWS Support. */
  readonly requestId: string | undefined

  constructor(
    exception: string,
    message: string,
    { status, requestId }: { status?: number | undefined; requestId?: string | undefined } = {},
  ) {
    super(`${exception}: ${withoutValues(message)}`)
    this.name = 'VerifiedPermissionsError'
    this.exception = exception
    this.status = status
    this.requestId = requestId
  }
}

/** What is read of an error of the AWS SDK. */
interface SdkError {
  readonly name?: unknown
  readonly message?: unknown
  readonly $fault?: unknown
  readonly $retryable?: { readonly throttling?: unknown }
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
}

/** Fewer calls are asked for; these have the status of a mistake of ours. */
const THROTTLED = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestTimeout',
])
/** There are no credentials to sign a call with, so that none was made. */
const UNSIGNED = new Set(['CredentialsProviderError', 'TokenProviderError'])

/**
 * Whether the service could not answer, or would not: what it refuses (validation, access, an unknown store, a signature) it
 * refuses until somebody mends it.
 */
export function undecided(error: unknown): Undecided {
  const { name, message, $fault, $retryable, $metadata } = (error ?? {}) as SdkError
  const exception = typeof name === 'string' ? name : 'Error'
  const { httpStatusCode: status, requestId } = $metadata ?? {}
  const cause = new VerifiedPermissionsError(exception, typeof message === 'string' ? message : '', {
    status,
    requestId,
  })
  return { decision: 'error', reason: reasonOf(), cause }

  function reasonOf(): Undecided['reason'] {
    if (THROTTLED.has(exception) || $retryable?.throttling === true || status === 429) return 'unavailable'
    if (UNSIGNED.has(exception)) return 'configuration'
    if (status !== undefined && status >= 500) return 'unavailable'
    return $fault === 'client' ? 'configuration' : 'unavailable'
  }
}

/** What is read of an answer, alone or one of a batch. */
interface StoreAnswer {
  readonly decision?: unknown
  readonly determiningPolicies?: readonly { readonly policyId?: string | undefined }[] | undefined
  readonly errors?: readonly { readonly errorDescription?: string | undefined }[] | undefined
}

/** Whatever is neither ALLOW nor DENY decides nothing. */
export function decisionOf({ decision, determiningPolicies = [], errors = [] }: StoreAnswer): Decision {
  if (decision !== 'ALLOW' && decision !== 'DENY') {
    return {
      decision: 'error',
      reason: 'unavailable',
      cause: new VerifiedPermissionsError('UnreadableAnswer', 'neither ALLOW nor DENY'),
    }
  }
  return {
    decision: decision === 'ALLOW' ? 'permit' : 'deny',
    determiningPolicies: determiningPolicies.flatMap(({ policyId }) => policyId ?? []),
    policyErrors: errors.map(({ errorDescription = '' }) => failedPolicy(errorDescription)),
  }
}

/** A description quotes the data it is about; the policy in it is enough to look further. */
function failedPolicy(description: string): string {
  return /\bpolicy(?: id)?:? [`'"]?([\w/-]+)/.exec(description)?.[1] ?? 'a policy of the store'
}
