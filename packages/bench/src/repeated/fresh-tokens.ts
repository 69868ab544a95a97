/** Tokens as they come out of a header: a text of its own each time, in no order. */
export function freshTokens(tokens: readonly string[]): () => string {
  const bytes = tokens.map((token) => Buffer.from(token))
  let state = 1
  return () => {
    // A sequence that looks random and is the same for all (xorshift).
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (bytes[(state >>> 0) % bytes.length] as Buffer).toString('latin1')
  }
}
