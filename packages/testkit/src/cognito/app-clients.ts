import { type Duration, milliseconds } from '../duration.js'
import { refuseUnknown } from '../known-names.js'
import { COGNITO } from './cognito-kind.js'
import { type ResourceServers, STANDARD_SCOPES, unknownScope } from './scopes.js'

/** An app client, as far as a fake has a use for its settings. A client id alone is a public one without redirects. */
export interface AppClientSettings<Scope extends string = string> {
  /** Its id: `client_id`, unique in the pool. */
  readonly clientId: string
  /** Makes it a confidential client, which must show the secret everywhere. Default none: a public client. */
  readonly clientSecret?: string
  /**
   * `AllowedOAuthFlows`: for users, or for a machine, which needs a secret. Cognito gives no client both. Default
   * `'authorization_code'`.
   */
  readonly grant?: 'authorization_code' | 'client_credentials'
  /** `AllowedOAuthScopes`. Default: for users all the pool has, for a machine all of resource servers. */
  readonly scopes?: readonly Scope[]
  /**
   * `CallbackURLs`, compared as text: https, http on loopback, or a scheme of an app (RFC 8252 §7.1). Default none:
   * `/oauth2/authorize` then redirects nowhere.
   */
  readonly redirectUris?: readonly string[]
  /** `LogoutURLs`, where `/logout` may redirect to. Default none. */
  readonly logoutUris?: readonly string[]
  /** `RefreshTokenRotation`: every refresh brings a new refresh token and ends the old one. Default `false`. */
  readonly refreshTokenRotation?: boolean
  /** `RetryGracePeriodSeconds`: how long a rotated refresh token is still taken. 0 to 60 seconds, default `0`. */
  readonly retryGracePeriod?: Duration
  /** `PreventUserExistenceErrors`: whether unknown users look like wrong passwords. Default `true`. */
  readonly preventUserExistenceErrors?: boolean
}

/** An app client as the endpoints know it. */
export interface AppClient {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly isMachine: boolean
  readonly scopes: readonly string[]
  readonly redirectUris: readonly string[]
  readonly logoutUris: readonly string[]
  /** Milliseconds an old refresh token is still taken; `undefined` without rotation. */
  readonly rotationGrace: number | undefined
  readonly preventUserExistenceErrors: boolean
}

/** The app clients of a pool. */
export interface AppClients {
  add(settings: string | AppClientSettings): void
  find(clientId: unknown): AppClient | undefined
  /** The client a token is made for. Throws for one that the pool has not; without an id it is the first that suits. */
  forUsers(clientId: string | undefined): AppClient
  forMachine(clientId: string | undefined): AppClient
  /** The first of all. */
  first(): AppClient
}

const { maker } = COGNITO

/** The scopes there are. */
export interface PoolScopes {
  readonly resourceServers: ResourceServers
  readonly customScopes: readonly string[]
}

export function createAppClients(
  scopes: PoolScopes,
  declared: readonly (string | AppClientSettings)[] = ['test-client'],
): AppClients {
  if (!Array.isArray(declared) || declared.length === 0) {
    throw new TypeError(`${maker}: clients must be a list of one or more app clients`)
  }
  const clients = new Map<string, AppClient>()

  function add(settings: string | AppClientSettings): void {
    const client = readClient(typeof settings === 'string' ? { clientId: settings } : settings, scopes)
    if (clients.has(client.clientId)) {
      throw new TypeError(`${maker}: the pool has two clients ${client.clientId}; give each its own clientId`)
    }
    clients.set(client.clientId, client)
  }

  function named(clientId: string): AppClient {
    const client = clients.get(clientId)
    if (client === undefined) {
      throw new TypeError(`${maker}: the pool has no client ${clientId}; declare it in clients, or with addClient`)
    }
    return client
  }

  const first = () => [...clients.values()][0] as AppClient
  for (const settings of declared) add(settings)
  return {
    add,
    find: (clientId) => (typeof clientId === 'string' ? clients.get(clientId) : undefined),
    forUsers(clientId) {
      const client =
        clientId === undefined
          ? ([...clients.values()].find(({ isMachine }) => !isMachine) ?? first())
          : named(clientId)
      if (client.isMachine) {
        throw new TypeError(`${maker}: the client ${client.clientId} is a machine's, which gets m2mToken and no user's`)
      }
      return client
    },
    forMachine(clientId) {
      return clientId === undefined
        ? ([...clients.values()].find(({ isMachine }) => isMachine) ?? first())
        : named(clientId)
    },
    first,
  }
}

const KNOWN = [
  'clientId',
  'clientSecret',
  'grant',
  'scopes',
  'redirectUris',
  'logoutUris',
  'refreshTokenRotation',
  'retryGracePeriod',
  'preventUserExistenceErrors',
]

function readClient(settings: AppClientSettings, scopes: PoolScopes): AppClient {
  const clientId: unknown = settings?.clientId
  if (typeof clientId !== 'string' || clientId === '') {
    throw new TypeError(`${maker}: an app client is an id, or { clientId: … } with an id that is not empty`)
  }
  const client = `the client ${clientId}`
  refuseUnknown(maker, client, settings, KNOWN)
  const { clientSecret, grant = 'authorization_code', redirectUris = [], logoutUris = [] } = settings
  const { refreshTokenRotation = false, retryGracePeriod, preventUserExistenceErrors = true } = settings
  if (grant !== 'authorization_code' && grant !== 'client_credentials') {
    throw new TypeError(`${maker}: the grant of ${client} must be 'authorization_code' or 'client_credentials'`)
  }
  if (clientSecret !== undefined && (typeof clientSecret !== 'string' || clientSecret === '')) {
    throw new TypeError(`${maker}: clientSecret of ${client} must be text, not empty; leave it out for a public client`)
  }
  for (const [name, value] of Object.entries({ refreshTokenRotation, preventUserExistenceErrors })) {
    if (typeof value !== 'boolean') throw new TypeError(`${maker}: ${name} of ${client} must be true or false`)
  }
  const isMachine = grant === 'client_credentials'
  if (isMachine && clientSecret === undefined) {
    throw new TypeError(`${maker}: ${client} is a machine's and needs a clientSecret (RFC 6749 §4.4)`)
  }
  if (isMachine && (redirectUris.length > 0 || logoutUris.length > 0 || refreshTokenRotation)) {
    throw new TypeError(
      `${maker}: ${client} is a machine's: nobody signs in, so that redirectUris, logoutUris and refreshTokenRotation do nothing`,
    )
  }
  checkUris(client, { redirectUris, logoutUris })
  return {
    clientId,
    clientSecret,
    isMachine,
    scopes: readScopes(client, settings.scopes, isMachine, scopes),
    redirectUris,
    logoutUris,
    rotationGrace: readGrace(client, refreshTokenRotation, retryGracePeriod),
    preventUserExistenceErrors,
  }
}

function readScopes(
  client: string,
  scopes: readonly string[] | undefined,
  isMachine: boolean,
  { customScopes, resourceServers }: PoolScopes,
): readonly string[] {
  const accepted = isMachine ? customScopes : [...STANDARD_SCOPES, ...customScopes]
  if (scopes === undefined) return accepted
  if (!Array.isArray(scopes) || scopes.length === 0) {
    throw new TypeError(`${maker}: scopes of ${client} must be a list of one or more; leave it out for all`)
  }
  const unknown = scopes.find((scope) => !accepted.includes(scope))
  if (unknown !== undefined) {
    throw new TypeError(
      `${maker}: ${client} cannot have the scope ${unknown}: ${unknownScope(unknown, resourceServers)}`,
    )
  }
  return scopes
}

function readGrace(client: string, rotation: boolean, period: Duration | undefined): number | undefined {
  if (!rotation) {
    if (period === undefined) return undefined
    throw new TypeError(`${maker}: retryGracePeriod of ${client} does nothing without refreshTokenRotation: true`)
  }
  const grace = milliseconds(maker, 'retryGracePeriod', period ?? 0)
  if (grace < 0 || grace > 60_000) throw new TypeError(`${maker}: retryGracePeriod of ${client} must be 0s to 60s`)
  return grace
}

function checkUris(client: string, lists: Readonly<Record<string, unknown>>): void {
  for (const [name, uris] of Object.entries(lists)) {
    if (!Array.isArray(uris)) throw new TypeError(`${maker}: ${name} of ${client} must be a list`)
    const wrong: unknown = uris.find((uri) => !isRedirectUri(uri))
    if (wrong !== undefined) {
      throw new TypeError(
        `${maker}: ${name} of ${client} takes https URLs, http on loopback, or schemes of apps, without fragments; not ${String(wrong)}`,
      )
    }
  }
}

function isRedirectUri(uri: unknown): boolean {
  if (typeof uri !== 'string' || !URL.canParse(uri) || uri.includes('#')) return false
  const { protocol, hostname } = new URL(uri)
  if (protocol === 'http:') return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return protocol !== 'javascript:' && protocol !== 'data:'
}
