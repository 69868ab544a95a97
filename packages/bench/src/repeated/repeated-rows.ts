import { differences, interleavedRounds } from '../measure/interleaved-rounds.ts'
import { makeRow, type Row } from '../rows/row.ts'
import { createSigner } from '../tokens.ts'
import type { VerificationSetup } from '../verification/verification-setup.ts'

const CONTENDERS = ['header-alone', 'tokenward', 'fast-jwt', 'fast-jwt-token-as-key'] as const
const TARGETS = { 100: 2.5, 5_000: 4 } as const
/** Each token is remembered when it comes for the second time, which is in the warm-up. */
const FULL = { operations: 20_000, rounds: 11, warmUp: { operations: 40_000, milliseconds: 1_000 } }
const QUICK = { operations: 2_500, rounds: 7, warmUp: { operations: 20_000, milliseconds: 1_500 } }

/** A token that is known already: whole verifications, policy included, less what reading the header takes. */
export async function repeatedRow(hot: 100 | 5_000, quick: boolean): Promise<Row> {
  const signer = createSigner('ES256')
  const { algorithm, jwks, publicKey } = signer
  const tokens = Array.from({ length: hot }, () => signer.token())
  const setup: VerificationSetup = { algorithm, jwks, publicKey, tokens, endpoint: '' }
  const entrants = CONTENDERS.map((name) => {
    return { name, module: new URL(`contenders/${name}.ts`, import.meta.url), setup }
  })
  const times = await interleavedRounds(entrants, { ...(quick ? QUICK : FULL), flows: 1 })
  const above = (name: (typeof CONTENDERS)[number]) => differences(times[name], times['header-alone'])
  return makeRow({
    row: `a repeated token, ${hot.toLocaleString('en-US')} hot`,
    group: 'repeated tokens',
    unit: 'µs',
    ours: above('tokenward'),
    peers: { 'fast-jwt': above('fast-jwt'), 'fast-jwt, token as key': above('fast-jwt-token-as-key') },
    checksLess: {
      'fast-jwt': 'one key that never changes, so that none can be withdrawn; off unless asked for',
      'fast-jwt, token as key': 'the same, and every token stays in memory',
    },
    target: TARGETS[hot],
    scaled: quick,
  })
}
