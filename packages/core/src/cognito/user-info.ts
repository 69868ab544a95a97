import type { LiveAnswer } from '../tokens/live-check.js'
import type { HttpClient } from '../transport/http-client.js'
import { MAX_JSON_BYTES, jsonObjectOf } from '../transport/json-document.js'
import { member } from '../vocabulary/json-object.js'
import { failureOf } from './cognito-idp.js'
import { activeIfSame, type UserQuestion } from './get-user.js'

/** The scope of tokens the endpoint answers to (OpenID Connect Core §5.3). */
export const USER_INFO_SCOPE = 'openid'

/** The UserInfo endpoint of a pool's domain. */
export interface UserInfoEndpoint {
  readonly http: HttpClient
  readonly url: string
  /** Milliseconds for one call. */
  readonly timeout: number
}

/**
 * Asks for the claims of the user a token belongs to. Only a 401 that says `invalid_token` (RFC 6750 §3.1) is about the
 * token; whatever else goes wrong says nothing of it.
 */
export async function askUserInfo(
  { http, url, timeout }: UserInfoEndpoint,
  { token, subject }: UserQuestion,
): Promise<LiveAnswer> {
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` }
  const response = await http.send({ url, headers, timeout, maxBytes: MAX_JSON_BYTES })
  const { status } = response
  if (status === 401 && saysInvalidToken(response.header('www-authenticate'))) return { active: false }
  if (status !== 200) throw failureOf({ status, errorName: undefined })
  return activeIfSame(member(jsonObjectOf(response), 'sub'), subject)
}

/**
 * Cognito leaves out the scheme, so that a challenge starts with its first parameter. Within another parameter's quotes
 * these quotes would have to be escaped (RFC 9110 §5.6.4).
 */
function saysInvalidToken(challenge: string | undefined): boolean {
  return challenge !== undefined && /(?:^|[\s,])error="invalid_token"/.test(challenge)
}
