/**
 * A message without the data it quotes: texts and ids in quotation marks, tokens, numbers, what could not be parsed, and of
 * what is in backticks everything but names.
 */
export function withoutValues(message: string): string {
  return (
    message
      .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"')
      // From the first to the last: what is quoted may have an apostrophe. One within a word is no quotation mark.
      .replaceAll(/(?<!\w)'[\s\S]*'(?!\w)/g, "'…'")
      .replaceAll(/`([^`]*)`/g, (quoted, inner: string) => (NAME.test(inner) ? quoted : '`…`'))
      .replaceAll(/\b(invalid [\w ]+): [^;]*/gi, '$1: …')
      .replaceAll(/[\w-]{16,}\.[\w-]{16,}\.[\w-]*/g, '…')
      .replaceAll(/(?<![\w.])-?\d[\d.]*/g, '…')
  )
}

/** `Shop::Order`, `total`, and `Shop::Order::"…"`, whose id is gone. */
const NAME = /^\w+(?:::\w+)*(?:::"…")?$/
