import { ConfigurationError } from '../outcomes/errors.js'
import { readBody, type ReadableBody } from '../transport/bounded-body.js'
import { headerValues, type ProtectedRequest } from '../vocabulary/protected-request.js'

/** The part of a web `Request` that is read. */
export interface WebFormRequest {
  /** HTTP method; only a POST is acted on. */
  readonly method: string
  /** The media type is read. */
  readonly headers: { get(name: string): string | null }
  /** The form, read in pieces up to a limit; nobody may have read it before. */
  readonly body: ReadableBody | null
}

/** A request with its body, as an adapter describes it. */
export interface ReceivedForm extends Pick<ProtectedRequest, 'method' | 'headers'> {
  /** The form as it came, or as a framework has parsed it: an object with the parameters. */
  readonly body: string | Readonly<Record<string, unknown>>
}

/** What `backChannelLogout` takes: a web `Request`, or a record with the body. */
export type BackChannelLogoutRequest = WebFormRequest | ReceivedForm

/** A form with one token and little beside it. */
const ROOM_FOR_THE_REST = 4_096

/** The one `logout_token` of a form (OpenID Connect Back-Channel Logout 1.0 §2.5); `undefined` unless it is just that. */
export async function readLogoutRequest(
  request: BackChannelLogoutRequest,
  maxTokenBytes: number,
): Promise<string | undefined> {
  if (!isFormRequest(request)) {
    throw new ConfigurationError(
      'backChannelLogout',
      'takes a web Request, or a record with method, headers and body, which is text or an object',
    )
  }
  const types = headerValues(request, 'content-type')
  const [type = ''] = types
  if (request.method.toUpperCase() !== 'POST' || types.length !== 1) return undefined
  if (type.split(';', 1)[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return undefined

  const maxBytes = maxTokenBytes + ROOM_FOR_THE_REST
  const body = isWeb(request) ? await textOf(request.body, maxBytes) : request.body
  if (typeof body === 'string') {
    if (body.length > maxBytes) return undefined
    const tokens = new URLSearchParams(body).getAll('logout_token')
    return tokens.length === 1 ? tokens[0] : undefined
  }
  // Several of one name are a list in a parsed form.
  const token = Object.hasOwn(body ?? {}, 'logout_token') ? body?.['logout_token'] : undefined
  return typeof token === 'string' ? token : undefined
}

/** A connection that breaks while the form arrives leaves none. */
async function textOf(body: ReadableBody | null, maxBytes: number): Promise<string | undefined> {
  const bytes = await readBody(body, maxBytes).catch(() => undefined)
  return bytes && new TextDecoder().decode(bytes)
}

function isWeb(request: BackChannelLogoutRequest): request is WebFormRequest {
  return typeof request.headers.get === 'function'
}

/** Callers in plain JavaScript may hand in anything. */
function isFormRequest(request: BackChannelLogoutRequest | null | undefined): boolean {
  const { method, headers, body } = request ?? {}
  if (typeof method !== 'string' || typeof headers !== 'object' || headers === null) return false
  return typeof body === 'string' || typeof body === 'object'
}
