/** One challenge with `auth-param`s, read to the letter of RFC 9110 §11.2 and §11.6.1; throws for anything else. */
export function parseChallenge(text: string): { scheme: string; parameters: [string, string][] } {
  const token = /[!#$%&'*+.^_`|~\w-]+/y
  const quotedString = /"((?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*)"/y
  let at = 0

  function take(pattern: RegExp, what: string): RegExpExecArray {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) throw new Error(`no ${what} at ${at} of ${text}`)
    at = pattern.lastIndex
    return match
  }

  const [scheme] = take(token, 'scheme')
  take(/ +/y, 'space')
  const parameters: [string, string][] = []
  for (;;) {
    const [name] = take(token, 'parameter name')
    take(/=/y, 'equals sign')
    const [, quoted = ''] = take(quotedString, 'quoted string')
    parameters.push([name, quoted.replaceAll(/\\(.)/g, '$1')])
    if (at === text.length) return { scheme, parameters }
    take(/, */y, 'comma')
  }
}
