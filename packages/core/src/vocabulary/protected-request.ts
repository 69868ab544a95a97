/** What a router took from the path. */
export type PathParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** A client certificate, as whoever ended the TLS connection hands it on. */
export interface ClientCertificate {
  /** As PEM. */
  readonly pem: string
  /**
   * Whether its chain was verified against authorities that are trusted for clients: Node's `socket.authorized`. Without,
   * the certificate still proves that the client has its key, and nothing of what is written in it.
   */
  readonly verified: boolean
}

/** What is known of the connection a request came over. */
export interface RequestConnection {
  /** The client's certificate, where TLS ended here or at a gateway that says so beside the headers. Default none. */
  readonly clientCertificate?: ClientCertificate | undefined
  /** Address of the other end of the connection: of the proxy, where there is one. Never a header's word. */
  readonly remoteAddress?: string | undefined
  /** Who has invoked this function, where the platform vouches for it. Set by `fromAwsEvent` alone. */
  readonly deliveredBy?: 'alb-event' | undefined
}

/** A request as an adapter describes it: a plain record, whatever the framework. */
export interface ProtectedRequest extends RequestConnection {
  /** HTTP method. */
  readonly method: string
  /** Absolute, or path and query. The query is read for a misplaced `access_token`, the path for proofs of DPoP. */
  readonly url: string
  /** Names in any case. Repeated headers as an array: a second `Authorization` must not get lost on the way. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /**
   * Names and values in turn, as they came (Node's `IncomingMessage.rawHeaders`). Node keeps only the first of two
   * `Authorization` headers in `headers`; whether there were two is seen here.
   */
  readonly rawHeaders?: readonly string[] | undefined
  /** What the router took from the path. Handed on to the functions of a policy, and not read otherwise. */
  readonly params?: PathParameters | undefined
}

/** The part of a web `Request` that is read; adapters may add what they know of the connection. */
export interface WebRequest extends RequestConnection {
  /** HTTP method. */
  readonly method: string
  /** Absolute. */
  readonly url: string
  /** Repeated headers come joined with a comma, which is refused for `Authorization`. */
  readonly headers: { get(name: string): string | null }
  /** As in a {@link ProtectedRequest}, for adapters that add it. */
  readonly params?: PathParameters | undefined
}

/** A web `Request`, or a {@link ProtectedRequest}, which a request of Node or Express is, too. */
export type AnyRequest = WebRequest | ProtectedRequest

type WithHeaders = Pick<WebRequest, 'headers'> | Pick<ProtectedRequest, 'headers' | 'rawHeaders'>

/** Whether callers in plain JavaScript have handed in a request. */
export function isRequest(value: unknown): value is AnyRequest {
  const { headers, url } = (value ?? {}) as { headers?: unknown; url?: unknown }
  return typeof headers === 'object' && headers !== null && typeof url === 'string'
}

/**
 * Every value of a header, in the order they were given; `name` in lower case. `headers` counts, which middleware may
 * have changed, unless the raw headers show that a value was dropped.
 */
export function headerValues(request: WithHeaders, name: string): readonly string[] {
  const { headers } = request
  if (typeof headers.get === 'function') {
    const value = headers.get(name)
    return value === null ? [] : [value]
  }
  const values: string[] = []
  for (const key of Object.keys(headers)) {
    if (!isNamed(key, name)) continue
    const value = (headers as ProtectedRequest['headers'])[key]
    if (typeof value === 'string') values.push(value)
    else if (Array.isArray(value)) values.push(...value.filter((item) => typeof item === 'string'))
  }
  const raw = rawValues((request as Partial<ProtectedRequest>).rawHeaders ?? [], name)
  return raw.length > 1 ? raw : values
}

function rawValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (isNamed(rawHeaders[i] as string, name)) values.push(rawHeaders[i + 1] as string)
  }
  return values
}

/** Most names differ in length already, which is sooner seen. */
function isNamed(given: string, name: string): boolean {
  return given.length === name.length && given.toLowerCase() === name
}
