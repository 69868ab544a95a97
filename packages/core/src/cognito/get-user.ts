import type { TokenInQuestion, LiveAnswer } from '../tokens/live-check.js'
import { UpstreamError } from '../outcomes/errors.js'
import { isJsonObject, type JsonValue, member } from '../vocabulary/json-object.js'
import { callCognitoIdp, type CognitoIdp, failureOf, isDone } from './cognito-idp.js'

/** The scope without which Cognito refuses an access token at its API (Amazon Cognito API, `GetUser`). */
export const GET_USER_SCOPE = 'aws.cognito.signin.user.admin'

/**
 * Cognito's ways to say that a token is no good: revoked, expired, its user disabled, or gone. The message tells them
 * apart for people only, and the status is not reliable. A missing scope has the same name: it is ruled out beforehand.
 */
const INACTIVE: ReadonlySet<string | undefined> = new Set(['NotAuthorizedException', 'UserNotFoundException'])

/** Asks for the user a token belongs to, which Cognito tells only as long as the token is good. */
export async function askGetUser(idp: CognitoIdp, { token, subject }: UserQuestion): Promise<LiveAnswer> {
  const answer = await callCognitoIdp(idp, 'GetUser', { AccessToken: token })
  if (INACTIVE.has(answer.errorName)) return { active: false }
  if (!isDone(answer)) throw failureOf(answer)
  return activeIfSame(subjectAmong(member(answer.body, 'UserAttributes')), subject)
}

/** A token that was validated here, and whose it is. */
export interface UserQuestion extends Pick<TokenInQuestion, 'token'> {
  readonly subject: string
}

/** An answer about somebody else proves nothing about this token, neither way. */
export function activeIfSame(answered: JsonValue | undefined, subject: string): LiveAnswer {
  if (answered !== subject) throw new UpstreamError('unexpected-content', "The answer is not about the token's subject")
  return { active: true, facts: undefined }
}

function subjectAmong(attributes: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(attributes)) return undefined
  const subjects = (attributes as readonly JsonValue[]).filter(
    (attribute) => isJsonObject(attribute) && member(attribute, 'Name') === 'sub',
  )
  const [only] = subjects
  return subjects.length === 1 && isJsonObject(only) ? member(only, 'Value') : undefined
}
