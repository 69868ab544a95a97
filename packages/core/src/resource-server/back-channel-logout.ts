import type { IssuerRegistry } from '../issuers/issuer-registry.js'
import type { IssuerContext } from '../issuers/trusted-issuer.js'
import { ConfigurationError } from '../outcomes/errors.js'
import { unavailabilities, type UnavailableCode } from '../outcomes/operator-codes.js'
import type { BackChannelLogoutRefusalCode } from '../outcomes/sign-out-codes.js'
import { type LogoutTokenIssuer, receiveLogoutToken, SeenLogoutTokens } from '../revocation/logout-token.js'
import type { RevocationList } from '../revocation/revocation-list.js'
import { parseCompactJws } from '../tokens/compact-jws.js'
import { member } from '../vocabulary/json-object.js'
import { type BackChannelLogoutRequest, readLogoutRequest } from './logout-request.js'

/** The whole answer to a back-channel logout; write it as it is, or make it a `new Response(body, { status, headers })`. */
export interface BackChannelLogoutResponse {
  /**
   * 200: the entry is on the list (OpenID Connect Back-Channel Logout 1.0 §2.8). 400: refused for good. 503: not now; the
   * issuer may send it again.
   */
  readonly status: 200 | 400 | 503
  /** That no cache may keep it (§2.8), and where there is a body its media type. */
  readonly headers: Readonly<Record<string, string>>
  /** A JSON object; empty with 200. */
  readonly body: string
}

interface BackChannelLogoutParts {
  readonly issuers: IssuerRegistry
  readonly list: RevocationList | undefined
  readonly maxTokenBytes: number
  readonly context: IssuerContext
  readonly isClosed: () => boolean
}

type Refusal = { readonly reason: BackChannelLogoutRefusalCode; readonly issuer?: string | undefined }

export function createBackChannelLogout({ issuers, list, maxTokenBytes, context, isClosed }: BackChannelLogoutParts) {
  const { clock, emit } = context
  const seen = new SeenLogoutTokens()
  const expected = new Map<string, LogoutTokenIssuer>()
  for (const { identifier, definition } of issuers.connected) {
    const source = definition.connectLogoutTokens?.(context)
    if (source !== undefined) expected.set(identifier, source)
  }
  if (expected.size > 0 && list === undefined) {
    throw new ConfigurationError(
      'createResourceServer.revocationList',
      'is needed where an issuer has backChannelLogout: a logout has to be remembered somewhere',
    )
  }

  /** `undefined`: it was acted on. */
  async function receive(token: string, to: RevocationList): Promise<Refusal | undefined> {
    if (isClosed()) return { reason: 'resource-server-closed' }
    const jws = parseCompactJws(token, maxTokenBytes)
    if (typeof jws === 'string') return { reason: jws as BackChannelLogoutRefusalCode }
    const iss = member(jws.payload, 'iss')
    const issuer = typeof iss === 'string' ? issuers.select(iss)?.identifier : undefined
    if (issuer === undefined) return { reason: 'issuer-not-trusted' }
    const source = expected.get(issuer)
    if (source === undefined) return { reason: 'logout-not-expected', issuer }
    try {
      const received = await receiveLogoutToken(jws, { ...source, seen, list: to }, clock.now())
      // It was acted on before; whoever sends it again has only missed the answer.
      if (typeof received !== 'string' || received === 'logout-token-replayed') return undefined
      return { reason: received, issuer }
    } catch {
      return { reason: 'list-failed', issuer }
    }
  }

  return async function backChannelLogout(request: BackChannelLogoutRequest): Promise<BackChannelLogoutResponse> {
    if (expected.size === 0 || list === undefined) {
      throw new ConfigurationError(
        'backChannelLogout',
        'needs an issuer with the option backChannelLogout, and a revocationList',
      )
    }
    const token = await readLogoutRequest(request, maxTokenBytes)
    const refusal: Refusal | undefined =
      token === undefined ? { reason: 'request-malformed' } : await receive(token, list)
    if (refusal === undefined) return answer(200, '')
    const { reason, issuer } = refusal
    emit({ type: 'back-channel-logout-refused', at: clock.now(), issuer, reason })
    const retryAfter = retryAfterOf(reason)
    if (retryAfter !== undefined) return answer(503, 'The logout cannot be carried out now; try again', retryAfter)
    return answer(400, reason === 'request-malformed' ? MALFORMED : 'The logout token is not accepted')
  }
}

const MALFORMED = 'Send one logout_token in a form, by POST'

/** Seconds, for what may go better then. */
function retryAfterOf(reason: BackChannelLogoutRefusalCode): number | undefined {
  if (reason === 'list-failed') return 1
  return Object.hasOwn(unavailabilities, reason) ? unavailabilities[reason as UnavailableCode].retryAfter : undefined
}

function answer(status: 200 | 400 | 503, description: string, retryAfter?: number): BackChannelLogoutResponse {
  const body =
    status === 200
      ? ''
      : JSON.stringify({ ...(status === 400 && { error: 'invalid_request' }), error_description: description })
  return Object.freeze({
    status,
    headers: Object.freeze({
      'Cache-Control': 'no-store',
      ...(status !== 200 && { 'Content-Type': 'application/json' }),
      ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    }),
    body,
  })
}
