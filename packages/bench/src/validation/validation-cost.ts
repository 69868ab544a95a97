import { type Entrant, interleavedRounds, ratioOf } from '../measure/interleaved-rounds.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { type Algorithm, createSigner } from '../tokens.ts'

export interface ValidationSetup {
  readonly algorithm: Algorithm
  readonly tokens: readonly string[]
  readonly jwks: object
  /** PEM. */
  readonly publicKey: string
}

type ValidationContender = 'tokenward' | 'jose' | 'aws-jwt-verify' | 'fast-jwt'

/** Microseconds of CPU, and how many times what Tokenward takes that is. */
export type ValidationCost = Record<ValidationContender, { readonly cpu: Spread; readonly ratio: number }>

const CONTENDERS: readonly ValidationContender[] = ['tokenward', 'jose', 'aws-jwt-verify', 'fast-jwt']
const TOKENS = 500
/** Many at once: what hands signatures to other threads is measured at its best. */
const ROUND = { operations: 2_000, flows: 64, rounds: 15, warmUp: 5 }

/** Signature, times, issuer, audience and one scope, with keys that are at hand. */
export async function validationCost(algorithm: Algorithm): Promise<ValidationCost> {
  const { jwks, publicKey, token } = createSigner(algorithm)
  const setup: ValidationSetup = { algorithm, jwks, publicKey, tokens: Array.from({ length: TOKENS }, () => token()) }
  const entrants = CONTENDERS.map((name): Entrant<ValidationContender> => {
    return { name, module: new URL(`contenders/${name}.ts`, import.meta.url), setup }
  })
  const times = await interleavedRounds(entrants, ROUND)
  const figures = CONTENDERS.map((name) => {
    return [name, { cpu: spreadOf(times[name]), ratio: ratioOf(times[name], times.tokenward) }]
  })
  return Object.fromEntries(figures) as ValidationCost
}
