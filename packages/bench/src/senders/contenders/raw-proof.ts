import type { Prepare } from '../../measure/contender.ts'
import type { ProofSetup } from '../sender-setup.ts'
import { verifierOf } from './raw.ts'

/** The signature of the proof alone. */
export const prepare: Prepare<ProofSetup> = async ({ proofs, clientKeys }) => verifierOf(proofs, clientKeys)
