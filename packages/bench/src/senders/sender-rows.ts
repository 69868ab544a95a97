import { certificateAuthority } from '@tokenward/testkit'
import { serveKeySet } from '../key-sets/key-endpoint.ts'
import type { Prepare } from '../measure/contender.ts'
import { differences, type Entrant, interleavedRounds } from '../measure/interleaved-rounds.ts'
import { makeRow, type Row } from '../rows/row.ts'
import { createSigner, type Signer } from '../tokens.ts'
import { createClients } from './clients.ts'
import { unchecked } from './probes.ts'
import type { CertificateSetup, ProofSetup } from './sender-setup.ts'

const PEERS = ['express-oauth2-jwt-bearer', 'oauth4webapi'] as const
type Contender = 'tokenward' | (typeof PEERS)[number]

/** Clients with a key each, and where their tokens come again, a token each. */
const CLIENTS = 100
const FULL = { operations: 1_100, rounds: 9, warmUp: { operations: 5_000, milliseconds: 2_500 } }
const QUICK = { operations: 50, rounds: 7, warmUp: { operations: 700, milliseconds: 150 } }
const ROWS = {
  'first time': { row: 'DPoP, ES256, distinct tokens', base: 'raw', unit: '× crypto.verify of both', target: 1.5 },
  again: {
    row: 'DPoP, ES256, tokens that come again',
    base: 'raw-proof',
    unit: '× crypto.verify of the proof',
    target: 2,
  },
} as const

const FULL_CERTIFICATES = { operations: 10_000, rounds: 11, warmUp: { operations: 30_000, milliseconds: 1_000 } }
const QUICK_CERTIFICATES = { operations: 1_500, rounds: 7, warmUp: { operations: 10_000, milliseconds: 200 } }
/** More than are remembered. */
const UNSEEN = 5_000

/** Tokens that are bound to a key, and to a client certificate. */
export async function senderRows(quick: boolean): Promise<readonly Row[]> {
  return [await proofRow('first time', quick), await proofRow('again', quick), ...(await certificateRows(quick))]
}

/** Each proof serves once, whatever the token does: its signature, claims, token and key are looked at. */
async function proofRow(comes: keyof typeof ROWS, quick: boolean): Promise<Row> {
  const round = quick ? QUICK : FULL
  const { base, ...named } = ROWS[comes]
  const signer = createSigner('ES256')
  const server = await serveKeySet(() => signer.jwks)
  const setup = setupOf(signer, comes, server.url, round.operations * round.rounds + round.warmUp.operations + 128)
  const entrants = (['tokenward', ...PEERS] as const).map((name): Entrant<Contender> => {
    return { name, module: moduleOf(name), setup }
  })
  const times = await interleavedRounds(entrants, { ...round, flows: 64, base: moduleOf(base) })
  const checksLess = await whatPeersDoNotCheck(setup, signer)
  await server.close()
  return makeRow({
    ...named,
    group: 'senders',
    ours: times.tokenward.ratio,
    peers: Object.fromEntries(PEERS.map((name) => [name, times[name].ratio])),
    checksLess,
    scaled: quick,
  })
}

function setupOf(signer: Signer, comes: keyof typeof ROWS, endpoint: string, count: number): ProofSetup {
  const clients = createClients(CLIENTS)
  const tokenOf = (index: number) => signer.token({ cnf: { jkt: clients[index % CLIENTS]?.thumbprint } })
  const hot = clients.map((_, index) => tokenOf(index))
  const tokens = Array.from({ length: count }, (_, index) =>
    comes === 'again' ? (hot[index % CLIENTS] as string) : tokenOf(index),
  )
  return {
    jwks: signer.jwks,
    publicKey: signer.publicKey,
    tokens,
    proofs: tokens.map((token, index) => clients[index % CLIENTS]?.proof(token) ?? ''),
    clientKeys: clients.map(({ publicKey }) => publicKey),
    endpoint,
  }
}

/** As of tokens: by showing each what it should refuse. Tokenward has to refuse it all. */
async function whatPeersDoNotCheck(setup: ProofSetup, signer: Signer): Promise<Record<string, string>> {
  const checksLess: Record<string, string> = {}
  for (const name of ['tokenward', ...PEERS] as const) {
    const { prepare } = (await import(moduleOf(name).href)) as { readonly prepare: Prepare<ProofSetup> }
    const taken = await unchecked(prepare, setup, signer).catch((error: Error) => [error.message])
    if (name === 'tokenward') {
      if (taken.length > 0) throw new Error(`Tokenward does not check: ${taken.join(', ')}`)
    } else if (taken.length > 0) checksLess[name] = `does not check: ${taken.join(', ')}`
  }
  return checksLess
}

/** What a client certificate adds to a token that is known. */
async function certificateRows(quick: boolean): Promise<readonly Row[]> {
  const authority = await certificateAuthority()
  const seen = await Promise.all(Array.from({ length: CLIENTS }, () => authority.clientCertificate()))
  const signer = createSigner('ES256')
  const boundTo = (cnf: object | undefined): CertificateSetup['tokens'] =>
    seen.map((one) => signer.token(cnf === undefined ? { cnf: one.cnf } : { cnf }))
  const [first] = seen as [(typeof seen)[number]]
  const setups = {
    unbound: { jwks: signer.jwks, tokens: seen.map(() => signer.token()), certificates: [first.certificate] },
    'certificate-bound': {
      jwks: signer.jwks,
      tokens: boundTo(undefined),
      certificates: seen.map(({ certificate }) => certificate),
    },
    'certificate-new': {
      jwks: signer.jwks,
      tokens: boundTo(first.cnf),
      // Another text each time, which is looked up in vain; what it says is the same.
      certificates: Array.from({ length: UNSEEN }, (_, index) => `${first.certificate}${endingOf(index)}`),
    },
  } satisfies Record<string, CertificateSetup>
  const entrants = (['unbound', 'certificate-bound', 'certificate-new'] as const).map((name) => {
    const module = moduleOf(name === 'certificate-new' ? 'certificate-bound' : name)
    return { name, module, setup: setups[name] }
  })
  const times = await interleavedRounds(entrants, { ...(quick ? QUICK_CERTIFICATES : FULL_CERTIFICATES), flows: 1 })
  const row = (name: string, of: 'certificate-bound' | 'certificate-new', target: number | null) =>
    makeRow({
      row: `client certificate, ${name}`,
      group: 'senders',
      unit: 'µs added',
      ours: differences(times[of], times.unbound),
      target,
      scaled: quick,
      note: 'above the same request with a token that is bound to nothing, where nothing is configured',
    })
  return [row('seen before', 'certificate-bound', 15), row('for the first time', 'certificate-new', null)]
}

/** White space after a certificate, which means nothing; in as many ways as numbers have. */
function endingOf(index: number): string {
  return index.toString(2).padStart(16, '0').replaceAll('0', ' ').replaceAll('1', '\n')
}

function moduleOf(name: string): URL {
  return new URL(`contenders/${name}.ts`, import.meta.url)
}
