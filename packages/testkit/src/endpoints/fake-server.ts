/** A request, whatever door it came through. */
export interface FakeRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string
}

/** An answer of the fake, whatever door the request came through. */
export interface FakeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How messages speak of a fake: the function that makes it, and what its documentation calls the result. */
export interface FakeKind {
  readonly maker: string
  readonly noun: string
  /** Where its addresses are found. Default: at its key set and its metadata. */
  readonly addresses?: string
}

/** What stands behind the doors. */
export interface FakeServer {
  readonly kind: FakeKind
  /** Answers a request; `undefined` when there is nothing at that address. Throws {@link ConnectionDropped}. */
  answer(request: FakeRequest): Promise<FakeResponse | undefined>
}

/** A server with public addresses, which it may share with others: at AWS all pools of a Region have one host. */
export interface PublicServer extends FakeServer {
  /** Where it is, in messages. */
  readonly issuer: string
  /** What tells it from all others, as long as it lives. */
  readonly identity: string
  /** Whether an address is one of this server's, or one it shares. */
  reaches(url: URL): boolean
  /** Whether a request that reaches this server is meant for it, as far as the request says. */
  owns(request: FakeRequest): boolean
  /**
   * What a shared address answers when no server owns the request, or `owners`, two or more of them. `undefined` when
   * nothing is there.
   */
  stray(request: FakeRequest, owners: readonly PublicServer[]): FakeResponse | undefined
}

/** The connection ends without an answer. Each door shows that as its transport does. */
export class ConnectionDropped extends Error {
  constructor() {
    super('The fake dropped the connection')
  }
}

/** Says to whoever debugs a test that the address is wrong, where a real server would say less. */
export function nothingThere(kind: FakeKind, method: string, address: string): FakeResponse {
  const { maker, noun } = kind
  const {
    addresses = `${noun}.jwks.url, ${noun}.metadata.url and those of its other endpoints, and at a port their paths`,
  } = kind
  const message = `${maker}: nothing answers ${method} ${address}; the addresses of the fake ${noun} are ${addresses}`
  return json(404, { message })
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): FakeResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
