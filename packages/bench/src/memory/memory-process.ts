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
import { accessTokenClaims, AUDIENCE, createSigner, ISSUER, opaqueToken, type Signer } from '../tokens.ts'
import type { MemoryCase, MemoryQuestion } from './memory-rows.ts'

process.send?.({})
process.on('message', (message: MemoryQuestion) => void measure(message).then((answer) => process.send?.({ answer })))
process.on('disconnect', () => process.exit())

async function measure({ rounds, ...question }: MemoryQuestion): Promise<readonly number[]> {
  const figures: number[] = []
  for (let round = 0; round < rounds; round += 1) figures.push(await bytesOfOne(question))
  return figures
}

async function bytesOfOne({ kind, first, count }: Omit<MemoryQuestion, 'rounds'>): Promise<number> {
  const add = await adderOf(kind, first + count + 1)
  for (let index = 0; index < first; index += 1) await add()
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

/** Adds one entry each time it is called, so many times at most. */
async function adderOf(memory: MemoryCase, count: number): Promise<() => Promise<void>> {
  switch (memory) {
    case 'verifiedToken':
      return verifying(await signedBefore(count))
    case 'verifiedTokenOfFastJwt':
      return cachingWithFastJwt(await signedBefore(count))
    case 'jwtUnchanged':
      return remembering(agedToken, () => ({ active: true }), 'granted')
    case 'jwtNarrowed':
      return remembering(agedToken, () => ({ active: true, scope: 'orders/read' }), 'granted')
    case 'jwtInactive':
      return remembering(agedToken, () => ({ active: false }), 'refused')
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

const signer = createSigner('ES256')
/** Its tokens are verified soonest, and each is verified in every round. */
let verifiedSooner: Signer | undefined
const signed: Buffer[] = []

/** One after the other, signed once for all rounds. Each is a text of its own, so that whoever keeps one pays for it. */
async function signedBefore(count: number): Promise<SignedTokens> {
  verifiedSooner ??= createSigner('RS256')
  for (const token of await verifiedSooner.tokens(count - signed.length)) signed.push(Buffer.from(token))
  let next = 0
  return { signer: verifiedSooner, token: () => (signed[next++] as Buffer).toString('latin1') }
}

interface SignedTokens {
  readonly signer: Signer
  readonly token: () => string
}

/** Of some age: an inactive answer about a newborn token is not final. ES256 is signed soonest. */
function agedToken(): string {
  const iat = Math.floor(Date.now() / 1_000) - 60
  return signer.token({ iat, auth_time: iat })
}

/** Tokens that come a second time, which is when they are remembered. */
function verifying({ signer: { jwks }, token }: SignedTokens): () => Promise<void> {
  const issuer = authorizationServer({ issuer: ISSUER, audience: AUDIENCE, jwks: jwks as never })
  const api = createResourceServer({ issuers: [issuer], maxVerifiedTokens: 110_000 })
  return async () => {
    const once = token()
    await api.verify(once)
    await api.verify(once)
  }
}

/** The cache of a peer that has one. */
function cachingWithFastJwt({ signer: { publicKey }, token }: SignedTokens): () => Promise<void> {
  const verify = createVerifier({ key: publicKey, allowedIss: ISSUER, allowedAud: AUDIENCE, cache: 110_000 })
  return async () => void verify(token())
}

function activeAnswer(): object {
  return { ...accessTokenClaims(), active: true, token_type: 'Bearer' }
}

function remembering(token: () => string, answer: () => object, expected: 'granted' | 'refused') {
  const api = createResourceServer({
    issuers: [
      authorizationServer({
        issuer: ISSUER,
        audience: AUDIENCE,
        jwks: signer.jwks as never,
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
