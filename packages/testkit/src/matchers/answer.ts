import { type Challenge, parseChallenges } from './www-authenticate.js'

/** What a matcher looks at: the same, whichever form the answer was handed in. */
export interface Answer {
  /** Whether more is known than what goes over the wire. */
  readonly form: 'decision' | 'response'
  readonly outcome: 'granted' | 'refused' | 'unavailable' | 'other'
  /** HTTP status. A decision to grant has none. */
  readonly status: number | undefined
  /** The challenges of `WWW-Authenticate`; none without that header, or where it is malformed. */
  readonly challenges: readonly Challenge[]
  /** What is wrong with the header. */
  readonly malformed: TypeError | undefined
  /** What clients are told: the codes of the challenges, or where they have none, of a body that is at hand. */
  readonly errors: readonly string[]
  /** Whether there is a body that could say more, which a matcher cannot wait for. */
  readonly bodyIsUnread: boolean
  /** What operators are told; no response says it. */
  readonly reason: string | undefined
  /** Scopes of the caller; no response says them. */
  readonly scopes: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads a decision or an error of `verify`, a web `Response`, or the record of a response. Throws for anything else:
 * no matcher holds of it, `not` included.
 */
export function readAnswer(matcher: string, given: unknown): Answer {
  if (!isObject(given)) throw noAnswer(matcher, given === null ? 'null' : `of type ${typeof given}`)
  if (typeof given['then'] === 'function') throw noAnswer(matcher, 'a promise: await it first')
  const { outcome, reason, code, principal } = given
  const status = given['status'] ?? given['statusCode']
  const lines = challengeLines(given)
  const { challenges, malformed } = parsedChallenges(lines)
  const errors = errorsOf(challenges, given)
  const read = { challenges, malformed, errors, bodyIsUnread: isStream(given['body']) }
  if (outcome === 'granted' || outcome === 'refused' || outcome === 'unavailable') {
    const scopes = isObject(principal) ? textsOf(principal['scopes']) : []
    const known = { status: typeof status === 'number' ? status : undefined, reason: textOf(reason), scopes }
    return { form: 'decision', outcome, ...read, ...known }
  }
  if (typeof status !== 'number') throw noAnswer(matcher, 'an object without outcome, status and statusCode')
  // Errors of `verify` have the reason as their code.
  const isThrown = typeof given['challenge'] === 'string' || typeof given['retryAfter'] === 'number'
  return {
    form: isThrown ? 'decision' : 'response',
    outcome: outcomeOf(status, lines.length > 0 || errors.includes('invalid_request')),
    status,
    ...read,
    reason: isThrown ? textOf(code) : undefined,
    scopes: [],
  }
}

function noAnswer(matcher: string, what: string): TypeError {
  return new TypeError(
    `${matcher} looks at a decision, a Response, or an object with status or statusCode, headers and body; it was given something that is ${what}`,
  )
}

/** 400 is a refusal where the answer is about the credentials (RFC 6750 §3.1). */
function outcomeOf(status: number, isAboutCredentials: boolean): Answer['outcome'] {
  if (status === 401 || status === 403 || (status === 400 && isAboutCredentials)) return 'refused'
  if (status === 503) return 'unavailable'
  return status >= 200 && status < 300 ? 'granted' : 'other'
}

function challengeLines({ headers, challenge }: Fields): readonly string[] {
  return isObject(headers) ? headerLines(headers, 'www-authenticate') : textsOf(challenge)
}

function parsedChallenges(lines: readonly string[]): Pick<Answer, 'challenges' | 'malformed'> {
  if (lines.length === 0) return { challenges: [], malformed: undefined }
  try {
    return { challenges: parseChallenges(lines.join(', ')), malformed: undefined }
  } catch (error) {
    return { challenges: [], malformed: error as TypeError }
  }
}

/** Field lines of one name: of `Headers`, or of an object as Node and its frameworks have it. */
function headerLines(headers: Fields, name: string): readonly string[] {
  if (typeof headers['get'] === 'function') return textsOf(headers['get'](name))
  return Object.entries(headers).flatMap(([key, value]) => (key.toLowerCase() === name ? textsOf(value) : []))
}

function errorsOf(challenges: readonly Challenge[], given: Fields): readonly string[] {
  const told = challenges.flatMap(({ parameters }) => parameters.get('error') ?? [])
  if (told.length > 0) return told
  const body = [given['body'], given['text'], given['data']].map(parsed).find((member) => member !== undefined)
  return textsOf(body?.['error'])
}

/** A body of JSON, parsed by the client or not. That of a web `Response` is a stream, and is left alone. */
function parsed(body: unknown): Fields | undefined {
  if (typeof body !== 'string') return isObject(body) ? body : undefined
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isStream(body: unknown): boolean {
  return isObject(body) && typeof body['getReader'] === 'function'
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function textsOf(value: unknown): readonly string[] {
  return [value].flat().filter((text) => typeof text === 'string')
}
