/** A message without the data it quotes: texts and ids in quotation marks, tokens, and numbers. */
export function withoutValues(message: string): string {
  return message
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replaceAll(/'[^']*'/g, "'…'")
    .replaceAll(/[\w-]{16,}\.[\w-]{16,}\.[\w-]*/g, '…')
    .replaceAll(/(?<![\w.])-?\d[\d.]*/g, '…')
}
