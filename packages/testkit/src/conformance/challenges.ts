/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** As it was written. */
  readonly scheme: string
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>
}

const TOKEN = String.raw`[!#$%&'*+.^\x60|~\w-]+`
const SCHEME = new RegExp(String.raw`(${TOKEN})(?: +|$)`, 'y')
/** Only quoted values: RFC 6750 §3 writes them all so, and clients that know no other way exist. */
const PARAMETER = new RegExp(String.raw`(${TOKEN})="((?:[^"\\]|\\.)*)"(?:\s*(?:,\s*|$))`, 'y')

/** Reads the header to the letter (RFC 9110 §11.6.1); `undefined` where it is none of challenges with quoted parameters. */
export function parseChallenges(header: string): readonly Challenge[] | undefined {
  const challenges: Challenge[] = []
  let position = 0

  function take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = position
    const match = pattern.exec(header)
    if (match !== null) position = pattern.lastIndex
    return match
  }

  while (position < header.length) {
    const scheme = take(SCHEME)?.[1]
    if (scheme === undefined) return undefined
    const parameters: Record<string, string> = {}
    for (let match = take(PARAMETER); match !== null; match = take(PARAMETER)) {
      const name = (match[1] as string).toLowerCase()
      // A parameter occurs once (RFC 9110 §11.2).
      if (Object.hasOwn(parameters, name)) return undefined
      parameters[name] = (match[2] as string).replaceAll(/\\(.)/g, '$1')
    }
    challenges.push({ scheme, parameters })
  }
  return challenges
}
