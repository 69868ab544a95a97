/** The header members that are read. Anything that could name a key's address or be a key is not among them. */
export interface JoseHeader {
  readonly alg: string
  readonly kid: string | undefined
  readonly typ: string | undefined
}
