// Fills one kind of memory and says what an entry takes. It needs --expose-gc.
import {
  authorizationServer,
  clientSecretBasic,
  createResourceServer,
  inMemoryRevocationList,
  type RevocationEntry,
} from '@tokenward/core'
import { createVerifier } from 'fast-jwt'
import { stubEndpoint } from '../stub-endpoint.ts'
import { accessTokenClaims, AUDIENCE, createSigner, ISSUER, opaqueToken } from '../tokens.ts'
import type { MemoryCase, MemoryQuestion } from './memory-rows.ts'

process.send?.({})
process.on('message', (message: MemoryQuestion) => void measure(message).then((answer) => process.send?.({ answer })))
process.on('disconnect', () => process.exit())

async function measure({ kind, count, rounds }: MemoryQuestion): Promise<readonly number[]> {
  const figures: number[] = []
  for (let round = 0; round < rounds; round += 1) figures.push(await bytesOfOne(kind, count))
  return figures
}

async function bytesOfOne(kind: MemoryCase, count: number): Promise<number> {
  const add = adderOf(kind)
  // What the first entries bring with them, compiled code above all, is on the account of none.
  for (let index = 0; index < 1_000; index += 1) await add()
  const base = heap()
  for (let entries = 0; entries < count; entries += 1) await add()
  const bytes = (heap() - base) / count
  // Whatever holds the memory has to live until here.
  await add()
  return bytes
}

function heap(): number {
  const collectGarbage = globalThis.gc as () => void
  for (let times = 0; times < 3; times += 1) collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Adds one entry each time it is called. */
function adderOf(memory: MemoryCase): () => Promise<void> {
  switch (memory) {
    case 'verifiedToken':
      return verifying()
    case 'verifiedTokenOfFastJwt':
      return cachingWithFastJwt()
    case 'jwtUnchanged':
      return remembering(jwts(), () => ({ active: true }), 'granted')
    case 'jwtNarrowed':
      return remembering(jwts(), () => ({ active: true, scope: 'orders/read' }), 'granted')
    case 'jwtInactive':
      return remembering(jwts(), () => ({ active: false }), 'refused')
    case 'opaque':
      return remembering(opaqueToken, activeAnswer, 'granted')
    case 'opaqueInactive':
      return remembering(opaqueToken, () => ({ active: false }), 'refused')
    case 'listedToken':
      return listing(() => ({ kind: 'token', issuer: ISSUER, jti: opaqueToken(), expiresAt: Date.now() + 3_600_000 }))
    case 'listedLogin':
      return listing(() => ({ kind: 'login', issuer: ISSUER, login: opaqueToken(), confirmedAt: Date.now() }))
    case 'listedUser':
      return listing(() => ({ kind: 'user', issuer: ISSUER, sub: opaqueToken(), notBefore: Date.now() }))
  }
}

/** Tokens that come a second time, which is when they are remembered. */
function verifying(): () => Promise<void> {
  const token = jwts()
  const issuer = authorizationServer({ issuer: ISSUER, audience: AUDIENCE, jwks: keys as never })
  const api = createResourceServer({ issuers: [issuer], maxVerifiedTokens: 110_000 })
  return async () => {
    const once = token()
    await api.verify(once)
    await api.verify(once)
  }
}

/** The cache of a peer that has one. */
function cachingWithFastJwt(): () => Promise<void> {
  const signer = createSigner('ES256')
  const verify = createVerifier({ key: signer.publicKey, allowedIss: ISSUER, allowedAud: AUDIENCE, cache: 110_000 })
  return async () => void verify(signer.token())
}

/** Tokens of some age: an inactive answer about a newborn one is not final. ES256 is signed sooner than RS256. */
function jwts(): () => string {
  const signer = createSigner('ES256')
  keys = signer.jwks
  return () => {
    const iat = Math.floor(Date.now() / 1_000) - 60
    return signer.token({ iat, auth_time: iat })
  }
}

let keys: ReturnType<typeof createSigner>['jwks'] = { keys: [] }

function activeAnswer(): object {
  return { ...accessTokenClaims(), active: true, token_type: 'Bearer' }
}

function remembering(token: () => string, answer: () => object, expected: 'granted' | 'refused') {
  const api = createResourceServer({
    issuers: [
      authorizationServer({
        issuer: ISSUER,
        audience: AUDIENCE,
        jwks: (keys.keys.length === 0 ? createSigner('ES256').jwks : keys) as never,
        opaqueTokens: true,
        introspection: {
          endpoint: `${ISSUER}/introspect`,
          clientAuthentication: clientSecretBasic('orders-api', 'a secret of this API'),
          inactiveAnswerMaxAge: '60s',
        },
      }),
    ],
    maxRememberedTokens: 1_000_000,
    fetch: stubEndpoint(answer).fetch,
  })
  const policy = api.policy({ scopes: ['orders/read'], maxRevocationLag: '0s' })
  return async () => {
    const headers = { authorization: `Bearer ${token()}` }
    const { outcome } = await api.authorize({ method: 'GET', url: '/orders', headers }, policy)
    if (outcome !== expected) throw new Error(`${outcome} instead of ${expected}`)
  }
}

function listing(entry: () => RevocationEntry) {
  const list = inMemoryRevocationList({ maxEntries: 1_000_000 })
  return () => list.add(entry())
}
