import { ConfigurationError } from '../outcomes/errors.js'
import type { ChainVerdict } from './certificate-source.js'

/** Shared by every copy of this module: what verifies chains is made by another entry. */
const VERIFY: unique symbol = Symbol.for('@tokenward/core.certificate-chain')

/** Certification authorities that clients are verified against, made by `certificateChain` of `@tokenward/core/node`. */
export interface CertificateChain {
  /** @internal */
  readonly [VERIFY]: VerifyChain
}

/** Verifies certificates in DER, that of the client first. */
export type VerifyChain = (chain: readonly Uint8Array[]) => ChainVerdict

export function certificateChainOf(verify: VerifyChain): CertificateChain {
  return Object.freeze(Object.defineProperty({}, VERIFY, { value: verify }) as CertificateChain)
}

export function chainOf(chain: unknown, option: string): VerifyChain {
  const verify = (chain as { [VERIFY]?: VerifyChain } | null | undefined)?.[VERIFY]
  if (verify === undefined) {
    throw new ConfigurationError(option, 'must be made by certificateChain({ ca }) of @tokenward/core/node')
  }
  return verify
}
