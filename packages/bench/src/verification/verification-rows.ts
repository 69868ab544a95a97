import { serveKeySet } from '../key-sets/key-endpoint.ts'
import type { Prepare } from '../measure/contender.ts'
import { type Entrant, interleavedRounds } from '../measure/interleaved-rounds.ts'
import { median } from '../measure/statistics.ts'
import { makeRow, type Measured, type Row } from '../rows/row.ts'
import { type Algorithm, createSigner, type Signer } from '../tokens.ts'
import { unchecked } from './probes.ts'
import type { VerificationSetup } from './verification-setup.ts'

const PEERS = {
  jose: 'jose',
  'aws-jwt-verify': 'aws-jwt-verify',
  'fast-jwt': 'fast-jwt, one key',
  'fast-jwt-get-jwks': 'fast-jwt + get-jwks',
  jsonwebtoken: 'jsonwebtoken, one key',
  'jsonwebtoken-jwks-rsa': 'jsonwebtoken + jwks-rsa',
  'express-oauth2-jwt-bearer': 'express-oauth2-jwt-bearer',
  oauth4webapi: 'oauth4webapi',
  hono: 'hono',
} as const

type Peer = keyof typeof PEERS
type Contender = 'tokenward' | Peer

/** What they do not know at all. */
const WITHOUT: Record<Algorithm, readonly Peer[]> = {
  RS256: [],
  ES256: [],
  EdDSA: ['fast-jwt-get-jwks', 'jsonwebtoken', 'jsonwebtoken-jwks-rsa'],
}
const ROWS: Record<Algorithm, { readonly row: string; readonly target: number }> = {
  RS256: { row: 'RS256, 10,000 distinct tokens', target: 1.35 },
  ES256: { row: 'ES256, distinct tokens', target: 1.2 },
  EdDSA: { row: 'EdDSA, distinct tokens', target: 1.08 },
}

/** The longest of them are compiled for good after some ten thousand tokens, which is a minute of a quiet server. */
const FULL = { operations: 600, milliseconds: 400, rounds: 9, warmUp: { operations: 13_000, milliseconds: 2_500 } }
/** Ten thousand are promised. */
const FULL_RS256 = { ...FULL, operations: 1_100 }
const QUICK = { operations: 100, milliseconds: 100, rounds: 7, warmUp: { operations: 1_200, milliseconds: 200 } }

/** Three times each, which is less than any warm-up. */
const AGAIN = 300

/**
 * Each of those that are measured is verified once: a token that comes again is another row. The first of the warm-up come
 * again, as everywhere, so that whatever remembers tokens is compiled for it.
 */
function withThoseAgain(tokens: readonly string[]): readonly string[] {
  return [...tokens.slice(0, AGAIN), ...tokens.slice(0, AGAIN), ...tokens]
}

/** Signature, times, issuer, audience and one scope, with keys that are at hand. */
export async function verificationRow(algorithm: Algorithm, quick: boolean): Promise<Row> {
  const round = quick ? QUICK : algorithm === 'RS256' ? FULL_RS256 : FULL
  const signer = createSigner(algorithm)
  const { jwks, publicKey } = signer
  const server = await serveKeySet(() => jwks)
  const minted = await signer.tokens(round.operations * round.rounds + round.warmUp.operations + 128)
  const tokens = withThoseAgain(minted)
  const setup: VerificationSetup = { algorithm, jwks, publicKey, tokens, endpoint: server.url }
  const setupOf = (name: Contender) =>
    name === 'hono' ? { ...setup, tokens: withThoseAgain(tokensForHono(signer, minted)) } : setup
  const without = WITHOUT[algorithm]
  const peers = (Object.keys(PEERS) as Peer[]).filter((name) => !without.includes(name))
  const entrants = ['tokenward' as const, ...peers].map((name): Entrant<Contender> => {
    return { name, module: moduleOf(name), setup: setupOf(name) }
  })
  // Many at once: what hands signatures to other threads is measured at its best.
  const times = await interleavedRounds(entrants, { ...round, flows: 64, base: moduleOf('raw') })
  assertVerified(times.tokenward.ratio)
  const checksLess = await whatPeersDoNotCheck(peers, setup, signer)
  await server.close()
  return makeRow({
    ...ROWS[algorithm],
    group: 'verification',
    unit: '× crypto.verify',
    ours: times.tokenward.ratio,
    peers: Object.fromEntries(peers.map((name) => [PEERS[name], times[name].ratio])),
    checksLess,
    scaled: quick,
    note: without.length === 0 ? undefined : `unknown to ${without.map((name) => PEERS[name]).join(', ')}`,
  })
}

/** Whoever takes less than the signature alone was shown tokens that it remembers. */
function assertVerified(ratios: Measured): void {
  if (!('missing' in ratios) && median(ratios) < 0.9) throw new Error('Tokens that should be new came again')
}

/** It takes `typ: JWT` and nothing else, which the type of access tokens (RFC 9068 §2.1) is not. */
function tokensForHono(signer: Signer, tokens: readonly string[]): readonly string[] {
  return tokens.map((token) => {
    const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
    return signer.token(JSON.parse(payload as string), { ...JSON.parse(header as string), typ: 'JWT' })
  })
}

function moduleOf(name: Contender | 'raw'): URL {
  return new URL(`contenders/${name}.ts`, import.meta.url)
}

/** Found out by showing each what it should refuse. Tokenward has to refuse it all, or its figure is worth nothing. */
async function whatPeersDoNotCheck(
  peers: readonly Peer[],
  setup: VerificationSetup,
  signer: Signer,
): Promise<Record<string, string>> {
  const checksLess: Record<string, string> = {}
  for (const name of ['tokenward' as const, ...peers]) {
    const { prepare } = (await import(moduleOf(name).href)) as { readonly prepare: Prepare<VerificationSetup> }
    const taken = await unchecked(prepare, setup, signer, name === 'hono' ? 'JWT' : 'at+jwt').catch((error: Error) => [
      error.message,
    ])
    if (name === 'tokenward') {
      if (taken.length > 0) throw new Error(`Tokenward does not check: ${taken.join(', ')}`)
    } else if (taken.length > 0) checksLess[PEERS[name]] = `does not check: ${taken.join(', ')}`
  }
  return checksLess
}
