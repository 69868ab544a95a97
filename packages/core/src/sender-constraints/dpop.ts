import { algorithms as supportedAlgorithms, isSignatureAlgorithm, type SignatureAlgorithm } from '../keys/algorithms.js'
import { ConfigurationError } from '../outcomes/errors.js'
import { booleanOption, checkOptionNames, durationOption } from '../outcomes/option-check.js'
import { type SenderCheck, type SenderConstraint, senderConstraint } from '../tokens/sender-constraint.js'
import type { Duration } from '../vocabulary/duration.js'
import { DpopExamination, type DpopParts } from './dpop-examination.js'
import { DpopKeys } from './dpop-keys.js'
import { checkNonceOptions, type DpopNonceOptions, DpopNonces } from './dpop-nonces.js'
import { inMemoryReplayMemory } from './in-memory-replay-memory.js'
import type { ReplayMemory } from './replay-memory.js'
import { checkPublicUrls } from './request-target.js'

/** Options of {@link dpop}. Durations are text such as `'30s'`, or milliseconds. */
export interface DpopOptions {
  /**
   * Where clients reach this API: `'https://api.example.com'`, with the path in front that a proxy takes off, if any; or
   * several such addresses. A proof is for one address (`htu`), and what a request says of its host is anybody's word.
   */
  readonly publicUrl: string | readonly string[]
  /**
   * Algorithms that proofs may be signed with, told in challenges and metadata (RFC 9449 §7.1). Default ES256, EdDSA, its
   * newer name Ed25519, PS256 and RS256.
   */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined
  /** How old a proof may be, by its `iat` (RFC 9449 §11.1). Default `'60s'`, range `'1s'` to `'10m'`. */
  readonly maxProofAge?: Duration | undefined
  /** How far the clocks of clients and ours may differ. Default `'5s'`, range `'0s'` to `'60s'`. */
  readonly clockTolerance?: Duration | undefined
  /** Nonces that proofs have to hold (RFC 9449 §9), so that none is made long before it is used. Default: none are needed. */
  readonly nonce?: DpopNonceOptions | undefined
  /**
   * What sees to it that a proof serves once (RFC 9449 §11.1). Default: a memory in this process, which several instances of
   * an API do not share; see {@link inMemoryReplayMemory}.
   */
  readonly replayMemory?: ReplayMemory | undefined
  /** Longest time for the replay memory to answer. Default `'500ms'`, range `'10ms'` to `'10s'`. */
  readonly replayTimeout?: Duration | undefined
  /** `true` takes no token that is not bound to a key, whatever the route (RFC 9728 §2). Default `false`. */
  readonly required?: boolean | undefined
  /** `true` admits a `publicUrl` of plain http at a loopback address, for tests. Default `false`: https only. */
  readonly allowInsecureLoopback?: boolean | undefined
}

const OWNER = 'dpop'
const KNOWN = [
  'publicUrl',
  'algorithms',
  'maxProofAge',
  'clockTolerance',
  'nonce',
  'replayMemory',
  'replayTimeout',
  'required',
  'allowInsecureLoopback',
] as const
const DEFAULT_ALGORITHMS: readonly SignatureAlgorithm[] = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256']

/**
 * Holds tokens to the key they are bound to (`jkt`), which each request proves anew (RFC 9449). Such tokens come under
 * `Authorization: DPoP`, with a proof in the header `DPoP`; as `Bearer` they are refused.
 *
 * @throws {@link ConfigurationError} naming the option and what is accepted.
 */
export function dpop(options: DpopOptions): SenderConstraint {
  checkOptionNames(OWNER, options, KNOWN)
  const { publicUrl, algorithms, nonce, replayMemory, ...others } = options as unknown as DpopOptions
  const allowInsecureLoopback = booleanOption(`${OWNER}.allowInsecureLoopback`, others.allowInsecureLoopback)
  const publicUrls = checkPublicUrls(`${OWNER}.publicUrl`, publicUrl, allowInsecureLoopback)
  const accepted = checkAlgorithms(algorithms)
  const duration = (
    name: 'maxProofAge' | 'clockTolerance' | 'replayTimeout',
    range: readonly [number, number, number],
  ) => durationOption(`${OWNER}.${name}`, others[name], { byDefault: range[0], min: range[1], max: range[2] })
  const maxProofAge = duration('maxProofAge', [60_000, 1_000, 600_000])
  const clockTolerance = duration('clockTolerance', [5_000, 0, 60_000])
  const replayTimeout = duration('replayTimeout', [500, 10, 10_000])
  const required = booleanOption(`${OWNER}.required`, others.required)
  const nonceOptions = nonce === undefined ? undefined : checkNonceOptions(`${OWNER}.nonce`, nonce)
  if (replayMemory !== undefined && typeof replayMemory?.remember !== 'function') {
    throw new ConfigurationError(`${OWNER}.replayMemory`, 'must be made by inMemoryReplayMemory(), or be like one')
  }
  // One for all servers that share these options: a proof serves once.
  const memory = replayMemory ?? inMemoryReplayMemory()
  return senderConstraint({
    method: 'jkt',
    connect({ clock, emit }): SenderCheck {
      const nonces = nonceOptions && new DpopNonces(nonceOptions)
      const keys = new DpopKeys(accepted)
      const times = { maxProofAge, clockTolerance }
      const parts: DpopParts = { publicUrls, keys, nonces, memory, replayTimeout, times, required, clock, emit }
      return {
        method: 'jkt',
        metadata: {
          dpop_signing_alg_values_supported: accepted,
          ...(required && { dpop_bound_access_tokens_required: true as const }),
        },
        scheme: { algorithms: accepted.join(' '), required, nonce: () => nonces?.current(clock.now()) },
        prepare: () => nonces?.prepare(clock.now()),
        examine: (presentation) => new DpopExamination(parts, presentation),
      }
    },
  })
}

function checkAlgorithms(algorithms: readonly SignatureAlgorithm[] | undefined): readonly SignatureAlgorithm[] {
  if (algorithms === undefined) return DEFAULT_ALGORITHMS
  const list: readonly unknown[] = Array.isArray(algorithms) ? [...algorithms] : []
  if (list.length === 0 || !list.every(isSignatureAlgorithm)) {
    throw new ConfigurationError(
      `${OWNER}.algorithms`,
      `must be a list of one or more of ${Object.keys(supportedAlgorithms).join(', ')}`,
    )
  }
  return Object.freeze(list as readonly SignatureAlgorithm[])
}
