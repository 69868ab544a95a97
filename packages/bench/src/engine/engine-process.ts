// Measures in one process what a decision takes with and without means to ask, in turns of a few milliseconds.
import {
  authorizationServer,
  clientSecretBasic,
  type CompiledPolicy,
  createResourceServer,
  inMemoryRevocationList,
  type Presented,
  type ResourceServer,
  type ResourceServerOptions,
} from '@tokenward/core'
import { stubEndpoint } from '../stub-endpoint.ts'
import { AUDIENCE, createSigner, ISSUER, opaqueToken } from '../tokens.ts'
import type { EngineRoute, EngineRound } from './engine-rows.ts'

const TOKENS = 200
/** Well below the 30 seconds less the tolerance for which a token counts as young. */
const RENEW_AFTER_MS = 10_000

const signer = createSigner('RS256')
const endpoint = stubEndpoint(() => ({ active: false }))
const routes = await connectRoutes()
const names = Object.keys(routes) as EngineRoute[]
const asked = endpoint.calls
let requests: readonly ReturnType<typeof requestWith>[] = []
let renewedAt = -Infinity

process.on('message', ({ rounds }: { readonly rounds: number }) => {
  void measure(rounds).then((answer) => process.send?.({ answer }))
})
process.on('disconnect', () => process.exit())
process.send?.({})

async function connectRoutes() {
  const bare = createResourceServer({ issuers: [issuer(false)], maxVerifiedTokens: 0 })
  const bareRemembering = createResourceServer({ issuers: [issuer(false)] })
  const revocationList = await fullList()
  const equipped = equippedServer({ revocationList, maxVerifiedTokens: 0 })
  const withInactive = equippedServer({ revocationList, maxVerifiedTokens: 0 })
  const withInactiveRemembering = equippedServer({ revocationList })
  for (const api of [withInactive, withInactiveRemembering]) {
    // Of an hour ago, and the server no longer knows it: from now on every token is looked up among the inactive ones.
    const issuedAt = Math.floor(Date.now() / 1_000) - 3_600
    const old = signer.token({ iat: issuedAt, exp: issuedAt + 7_200 })
    const outcome = await api.authorize(requestWith(old), { maxRevocationLag: '0s' })
    if (outcome.outcome !== 'refused' || outcome.reason !== 'token-revoked') throw new Error('nothing was remembered')
  }
  return {
    bareTokenLifetime: route(bare, 'token-lifetime'),
    bareThirtySeconds: route(bare, '30s'),
    bareRemembered: route(bareRemembering, 'token-lifetime'),
    equippedTokenLifetime: route(equipped, 'token-lifetime'),
    equippedThirtySeconds: route(equipped, '30s'),
    inactiveTokenLifetime: route(withInactive, 'token-lifetime'),
    inactiveThirtySeconds: route(withInactive, '30s'),
    inactiveRemembered: route(withInactiveRemembering, 'token-lifetime'),
  } satisfies Record<EngineRoute, { readonly api: ResourceServer; readonly policy: CompiledPolicy }>
}

/** With all there is to ask, and a list to look through. */
function equippedServer(options: Pick<ResourceServerOptions, 'revocationList' | 'maxVerifiedTokens'>): ResourceServer {
  return createResourceServer({ issuers: [issuer(true)], fetch: endpoint.fetch, ...options })
}

function route(api: ResourceServer, maxRevocationLag: 'token-lifetime' | '30s') {
  return { api, policy: api.policy({ scopes: ['orders/read'], maxRevocationLag }) }
}

function issuer(asks: boolean) {
  return authorizationServer({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwks: signer.jwks as never,
    ...(asks && {
      introspection: {
        endpoint: `${ISSUER}/introspect`,
        clientAuthentication: clientSecretBasic('orders-api', 'a secret of this API'),
      },
    }),
  })
}

/** Ten thousand entries that name other tokens, of every kind that names one. */
async function fullList() {
  const list = inMemoryRevocationList()
  const now = Date.now()
  for (let count = 0; count < 2_500; count += 1) {
    await list.add([
      { kind: 'token', issuer: ISSUER, jti: opaqueToken(), expiresAt: now + 3_600_000 },
      { kind: 'login', issuer: ISSUER, login: opaqueToken() },
      { kind: 'user', issuer: ISSUER, sub: opaqueToken(), notBefore: now },
      { kind: 'client', issuer: ISSUER, clientId: opaqueToken(), notBefore: now },
    ])
  }
  return list
}

/** Young tokens, which whoever remembers them has seen often enough. */
async function renew(): Promise<void> {
  requests = Array.from({ length: TOKENS }, () => requestWith(signer.token()))
  renewedAt = performance.now()
  for (const { api, policy } of [routes.bareRemembered, routes.inactiveRemembered]) {
    for (const request of [...requests, ...requests, ...requests]) await api.authorize(request, policy)
  }
}

function requestWith(token: string) {
  return {
    method: 'GET',
    url: '/orders?page=2',
    headers: { host: 'api.example.com', authorization: `Bearer ${token}` },
  }
}

async function measure(rounds: number): Promise<EngineRound[]> {
  const measured: EngineRound[] = []
  for (let round = 0; round < rounds; round += 1) {
    if (performance.now() - renewedAt > RENEW_AFTER_MS) await renew()
    const times: Partial<EngineRound> = {}
    for (const position of names.keys()) {
      const name = names[(position + round) % names.length] as EngineRoute
      times[name] = await measureRoute(name)
    }
    measured.push(times as EngineRound)
  }
  if (endpoint.calls !== asked) throw new Error('the endpoint was asked')
  return measured
}

/** Validation and decision apart, so that the signature is on the account of neither route. */
async function measureRoute(name: EngineRoute) {
  const { api, policy } = routes[name]
  const presented: Presented[] = []
  const start = process.cpuUsage()
  for (const request of requests) presented.push(await api.present(request))
  const validated = process.cpuUsage(start)
  const decisionStart = process.cpuUsage()
  for (const request of presented) {
    const outcome = await request.authorize(policy)
    if (outcome.outcome !== 'granted') throw new Error(`not granted: ${outcome.reason}`)
  }
  const decided = process.cpuUsage(decisionStart)
  return { validation: perToken(validated), decision: perToken(decided) }
}

function perToken({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / TOKENS
}
