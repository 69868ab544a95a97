import { makeRow, type Measured, type Row } from '../rows/row.ts'
import { createSigner } from '../tokens.ts'
import { serveKeySet } from './key-endpoint.ts'
import type { Figures, Scenario, Tokens } from './scenario.ts'
import { coldStorm } from './scenarios/cold-storm.ts'
import { madeUpNames } from './scenarios/made-up-names.ts'
import { outagePastRefresh } from './scenarios/outage.ts'
import { rotation } from './scenarios/rotation.ts'
import { rotationAfterFlood } from './scenarios/rotation-after-flood.ts'
import { slowRefresh } from './scenarios/slow-refresh.ts'
import { withdrawnKey } from './scenarios/withdrawn-key.ts'
import type { MakeVerifier, VerifierSettings } from './verifier.ts'

const VERIFIERS = {
  tokenward: 'Tokenward',
  jose: 'jose',
  'aws-jwt-verify': 'aws-jwt-verify',
  'fast-jwt-get-jwks': 'fast-jwt + get-jwks',
  'jwks-rsa': 'jsonwebtoken + jwks-rsa',
  'jwks-rsa-fallback': 'the same, with its fallback',
  'express-oauth2-jwt-bearer': 'express-oauth2-jwt-bearer',
  oauth4webapi: 'oauth4webapi',
  hono: 'hono',
} as const

type Name = keyof typeof VERIFIERS

/** Those of one line at once: most of it is waiting. Latencies are measured with nothing else going on. */
const SCENARIOS: readonly (readonly Scenario[])[] = [
  [coldStorm],
  [madeUpNames],
  [rotation, rotationAfterFlood, outagePastRefresh, withdrawnKey],
  [slowRefresh],
]
const ROUNDS = 7
const DEFAULTS = { refreshAfter: 600_000, maxAge: 21_600_000, timeout: 5_000 }

/**
 * What becomes of valid tokens when keys change, floods come and endpoints fail. All rounds of all libraries run side by
 * side, each with an endpoint of its own: most of it is waiting.
 */
export async function keySetRows(quick: boolean): Promise<readonly Row[]> {
  const tokens = { RS256: signAhead('at+jwt', quick), hono: signAhead('JWT', quick) }
  const makers = await importMakers()
  const rows: Row[] = []
  for (const scenarios of SCENARIOS) {
    const groups = await Promise.all(scenarios.map((scenario) => rowsOf(scenario, tokens, makers, quick)))
    rows.push(...groups.flat())
  }
  return rows
}

async function rowsOf(
  scenario: Scenario,
  tokens: { readonly RS256: Tokens; readonly hono: Tokens },
  makers: Makers,
  quick: boolean,
): Promise<readonly Row[]> {
  const scale = quick ? 0.1 : 1
  const names = Object.keys(VERIFIERS) as Name[]
  const playAll = async (name: Name): Promise<PlayedRounds> => {
    const makeVerifier = makers.get(name)
    if (typeof makeVerifier !== 'function') return { missing: String(makeVerifier) }
    // It takes `typ: JWT` and no other.
    const own = name === 'hono' ? tokens.hono : tokens.RS256
    try {
      if (scenario.sideBySide) {
        return await Promise.all(Array.from({ length: ROUNDS }, () => play(scenario, makeVerifier, own, scale)))
      }
      const rounds: Figures[] = []
      while (rounds.length < ROUNDS) rounds.push(await play(scenario, makeVerifier, own, scale))
      return rounds
    } catch (error) {
      return { missing: String(error) }
    }
  }
  const played = new Map<Name, PlayedRounds>()
  if (scenario.sideBySide) await Promise.all(names.map(async (name) => played.set(name, await playAll(name))))
  else for (const name of names) played.set(name, await playAll(name))
  const shortened = quick && scenario.run.length > 1
  return Object.entries(scenario.rows).map(([row, { unit, target }]) => {
    const figures = [...played].map(([name, rounds]): readonly [string, Measured] => {
      return [VERIFIERS[name], 'missing' in rounds ? rounds : rounds.map((round) => round[row] ?? NaN)]
    })
    const { Tokenward: ours, ...peers } = Object.fromEntries(figures)
    const { note } = scenario
    return makeRow({ row, group: 'key sets', unit, ours: ours as Measured, peers, target, note, scaled: shortened })
  })
}

type PlayedRounds = readonly Figures[] | { readonly missing: string }
type Makers = ReadonlyMap<Name, MakeVerifier | Error>

/** One after the other: some of them load the same module in two ways. */
async function importMakers(): Promise<Makers> {
  const makers = new Map<Name, MakeVerifier | Error>()
  for (const name of Object.keys(VERIFIERS) as Name[]) {
    const module = import(`./verifiers/${name}.ts`) as Promise<{ readonly makeVerifier: MakeVerifier }>
    makers.set(name, await module.then(({ makeVerifier }) => makeVerifier).catch((error: Error) => error))
  }
  return makers
}

async function play(scenario: Scenario, make: MakeVerifier, tokens: Tokens, scale: number): Promise<Figures> {
  const endpoint = await serveKeySet(() => tokens.sets.before)
  const addresses = { origin: endpoint.url, jwksUrl: `${endpoint.url}/.well-known/jwks.json` }
  const settings: VerifierSettings = { ...DEFAULTS, ...scenario.settings, ...addresses }
  try {
    return await scenario.run({ endpoint, verify: make(settings), tokens }, scale)
  } finally {
    await endpoint.close()
  }
}

function signAhead(typ: string, quick: boolean): Tokens {
  const [first, second, attacker] = [createSigner('RS256'), createSigner('RS256'), createSigner('RS256')]
  const [before, after] = [first.jwks, second.jwks]
  return {
    known: Array.from({ length: 100 }, () => first.token({}, { typ })),
    rotated: Array.from({ length: 100 }, () => second.token({}, { typ })),
    madeUp: Array.from({ length: quick ? 50 : 1_000 }, (_, index) =>
      attacker.token({}, { typ, kid: `made-up-${index}` }),
    ),
    sets: { before, after, both: { keys: [...before.keys, ...after.keys] } },
  }
}
