/** One request of a partner, and what must come of it. */
export interface Step {
  readonly call: string
  readonly run: () => Promise<string>
  readonly expected: string
  /** What the operator has to see, each once; nothing where nothing is said. */
  readonly operatorSees?: readonly string[]
  readonly because: string
}

/** What a partner is told whose certificate is not the one of the token. */
export const NOT_ITS_SENDER = '401 invalid_token (The access token is not shown to come from its sender)'
export const AURORA = '200 orders of aurora'
