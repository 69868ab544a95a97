import { redacted } from './redaction.js'

/** One challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1). */
export interface Challenge {
  /** As it was sent, such as `Bearer`; its case means nothing. */
  readonly scheme: string
  /** What some schemes have in place of parameters (§11.2). */
  readonly token68: string | undefined
  /** Names in lower case, values without quotes. */
  readonly parameters: ReadonlyMap<string, string>
}

const TOKEN = /[!#$%&'*+.^_`|~\w-]+/y
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y
const QUOTED_STRING = /"((?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\uffff]|\\[\t \x21-\x7e\x80-\uffff])*)"/y
const EQUALS = /[ \t]*=[ \t]*/y
const SPACES = / +/y
const WHITE_SPACE = /[ \t]*/y
/** Empty elements of a list mean nothing (§5.6.1.2). */
const COMMAS = /[ \t,]*/y

/**
 * Reads all challenges of a header. The same comma parts challenges and parameters: a name with `=` after it belongs to
 * the challenge before, any other begins the next. Throws where the grammar says no.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: Challenge[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(header) ?? undefined
    if (match !== undefined) at = pattern.lastIndex
    return match
  }

  take(COMMAS)
  let parameters: Map<string, string> | undefined
  let isFirstParameter = false
  while (at < header.length) {
    const start = at
    const name = take(TOKEN)?.[0]
    if (name === undefined) throw malformed('a scheme or a parameter is expected', at)
    if (take(EQUALS) !== undefined) {
      if (parameters === undefined) throw malformed('a parameter stands before any scheme', start)
      const value = take(TOKEN)?.[0] ?? take(QUOTED_STRING)?.[1]?.replaceAll(/\\(.)/g, '$1')
      if (value === undefined) throw malformed(`the value of ${redacted(name)} is neither a token nor quoted`, at)
      const key = name.toLowerCase()
      if (parameters.has(key)) throw malformed(`${redacted(key)} stands twice in one challenge`, start)
      parameters.set(key, value)
      isFirstParameter = false
    } else {
      if (isFirstParameter) throw malformed('a comma is expected between challenges', start)
      parameters = new Map()
      isFirstParameter = take(SPACES) !== undefined
      const token68 = isFirstParameter ? take(TOKEN68)?.[0] : undefined
      challenges.push({ scheme: name, token68, parameters })
      if (isFirstParameter && token68 === undefined && header[at] !== ',') continue
      isFirstParameter = false
    }
    take(WHITE_SPACE)
    if (at < header.length && header[at] !== ',') throw malformed('a comma is expected', at)
    take(COMMAS)
  }
  if (challenges.length === 0) throw malformed('it holds no challenge', 0)
  return challenges
}

/** Without the text of the header, which could hold a token. */
function malformed(problem: string, at: number): TypeError {
  return new TypeError(`WWW-Authenticate is malformed at character ${at + 1}: ${problem} (RFC 9110 §11.6.1)`)
}
