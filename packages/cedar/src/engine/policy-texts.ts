/** The text of one policy, and where it begins in its source. */
export interface PolicyText {
  readonly text: string
  readonly start: number
}

/** Blank text and comments; a text in quotation marks; the end of a policy; anything else. As the lexer of Cedar has them. */
const TOKEN = /(?<blank>\p{White_Space}+|\/\/[^\n\r]*)|"[^"\\]*(?:\\.[^"\\]*)*"|(?<end>;)|[^\p{White_Space}";/]+|\//suy

/**
 * Cuts a text after each `;` that stands in no quotation marks and no comment, which in Cedar ends a policy and nothing else.
 * Cedar still reads every part by itself. `undefined` for what cannot be cut, which is for Cedar to explain.
 *
 * Cedar can cut as well, but has another parser for several policies than for one. To build it takes a process that starts
 * longer than all else that it asks of Cedar.
 */
export function policyTextsIn(source: string): readonly PolicyText[] | undefined {
  const texts: PolicyText[] = []
  let start: number | undefined
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(source)
    if (token === null) return undefined
    if (token.groups?.['blank'] !== undefined) continue
    start ??= at
    if (token.groups?.['end'] === undefined) continue
    texts.push({ text: source.slice(start, TOKEN.lastIndex), start })
    start = undefined
  }
  return start === undefined ? texts : undefined
}
