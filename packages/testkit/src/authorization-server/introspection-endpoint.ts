import { timingSafeEqual } from 'node:crypto'
import type { EndpointControl } from '../endpoints/endpoint-control.js'
import type { Endpoint } from '../endpoints/endpoint.js'
import type { FakeRequest, FakeResponse } from '../endpoints/fake-server.js'
import { clientCredentials } from '../endpoints/client-credentials.js'
import { readForm } from '../endpoints/form.js'
import { oauthAnswer, oauthError } from '../endpoints/oauth-answers.js'
import type { FakeClock } from '../fake-clock.js'
import { checkText, isObject, kindOf } from '../given-values.js'
import { type JsonRecord, signJws } from '../jws/compact-jws.js'
import type { IssuedTokens } from './issued-tokens.js'
import type { ServerKeys } from './server-keys.js'
import { AUTHORIZATION_SERVER, type IntrospectingClient, type ServerSettings } from './server-settings.js'

/** Watches and disturbs the introspection endpoint, and makes it contradict the truth. */
export interface IntrospectionControl extends EndpointControl {
  /**
   * Puts members into what is answered about a token, over what is true: `answerWith(token, { sub: 'somebody-else' })`,
   * or `{ active: 'true' }`. A member that is `undefined` is left out. Any text may be the token. No members: the truth.
   */
  answerWith(token: string, members: JsonRecord): void
}

export interface IntrospectionEndpoint {
  readonly control: IntrospectionControl
  answer(request: FakeRequest): Promise<FakeResponse>
}

export interface IntrospectionContext {
  readonly settings: ServerSettings
  readonly clock: FakeClock
  readonly keys: ServerKeys
  readonly issued: IssuedTokens
  assertOpen(): void
}

const { maker } = AUTHORIZATION_SERVER
const SIGNED = 'application/token-introspection+jwt'

/** RFC 7662; signed where a client asks for it, RFC 9701. */
export function createIntrospection(
  { control, answer }: Endpoint,
  { settings, clock, keys, issued, assertOpen }: IntrospectionContext,
): IntrospectionEndpoint {
  const overrides = new Map<string, JsonRecord>()

  function introspect(token: string): JsonRecord {
    const claims = issued.active(token)
    const truth = claims === undefined ? { active: false } : { active: true, token_type: tokenType(claims), ...claims }
    return { ...truth, ...overrides.get(token) }
  }

  /** RFC 9701 §5: no `sub` and no `exp` beside the answer, so that it cannot pass for an access token. */
  async function signed(answerTo: JsonRecord): Promise<FakeResponse> {
    const { kid, alg } = keys.current()
    const { issuer: iss, client } = settings
    const iat = Math.floor(clock.now() / 1_000)
    const claims = { iss, aud: client.clientId, iat, token_introspection: answerTo }
    const body = await signJws({ alg, kid, typ: 'token-introspection+jwt' }, claims, keys.current())
    return { status: 200, headers: { 'content-type': SIGNED, 'cache-control': 'no-store' }, body }
  }

  return {
    // Into the control itself: spread, it would count no more.
    control: Object.assign(control, {
      answerWith(token: string, members: JsonRecord) {
        assertOpen()
        checkText(maker, 'answerWith takes a token', token)
        if (!isObject(members)) {
          throw new TypeError(
            `${maker}: answerWith takes members as an object, { active: false }, not ${kindOf(members)}`,
          )
        }
        overrides.set(token, members)
      },
    }),
    answer: (request) =>
      answer(request, () => {
        const form = readForm(request)
        if (form === undefined) return oauthError(400, 'invalid_request')
        const refusal = authenticate(request, form, settings.client)
        if (refusal !== undefined) return refusal
        const token = form.get('token')
        if (token === undefined || token === '') return oauthError(400, 'invalid_request')
        const answerTo = introspect(token)
        return accepts(request, SIGNED) ? signed(answerTo) : oauthAnswer(answerTo)
      }),
  }
}

/** Refuses whoever is not the client that may ask (RFC 7662 §2.3). */
function authenticate(
  request: FakeRequest,
  form: ReadonlyMap<string, string>,
  client: IntrospectingClient,
): FakeResponse | undefined {
  const given = clientCredentials(request, form)
  if (given === 'several') return oauthError(400, 'invalid_request')
  return given !== undefined && isClient(given, client) ? undefined : invalidClient()
}

export function isClient(
  { clientId, clientSecret = '' }: { readonly clientId: string; readonly clientSecret: string | undefined },
  client: IntrospectingClient,
): boolean {
  const [given, expected] = [Buffer.from(clientSecret), Buffer.from(client.clientSecret)]
  return clientId === client.clientId && given.length === expected.length && timingSafeEqual(given, expected)
}

/** RFC 6749 §5.2: with a challenge, since a client may have used the `Authorization` header. */
export function invalidClient(): FakeResponse {
  return oauthError(401, 'invalid_client', { 'www-authenticate': 'Basic realm="fake"' })
}

function tokenType({ cnf }: JsonRecord): string {
  return typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? 'DPoP' : 'Bearer'
}

function accepts({ headers }: FakeRequest, mediaType: string): boolean {
  const accepted = (headers.get('accept') ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase())
  return accepted.includes(mediaType)
}
