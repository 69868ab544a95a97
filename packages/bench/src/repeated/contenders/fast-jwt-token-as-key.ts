import type { Prepare } from '../../measure/contender.ts'
import type { VerificationSetup } from '../../verification/verification-setup.ts'
import { withCache } from './fast-jwt.ts'

/** Whole tokens as the keys of the cache: faster, and every token stays in memory. */
export const prepare: Prepare<VerificationSetup> = async (setup) => {
  return withCache(setup, { cacheKeyBuilder: (token: string) => token })
}
