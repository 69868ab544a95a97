import { authorizationServer, createResourceServer, dpop, inMemoryReplayMemory } from '@tokenward/core'
import type { Prepare } from '../../measure/contender.ts'
import { AUDIENCE, ISSUER, SCOPE } from '../../tokens.ts'
import { METHOD, PATH, type ProofSetup } from '../sender-setup.ts'

/** Proofs are as old as the run; a few clients send what many would. */
const replayMemory = () => inMemoryReplayMemory({ maxProofs: 1_000_000, maxProofsPerKey: 1_000_000 })

export const prepare: Prepare<ProofSetup> = async ({ tokens, proofs, jwks }) => {
  const api = createResourceServer({
    issuers: [authorizationServer({ issuer: ISSUER, audience: AUDIENCE, jwks: jwks as never })],
    senderConstraints: [
      dpop({ publicUrl: 'https://api.example.com', maxProofAge: '5m', replayMemory: replayMemory() }),
    ],
  })
  const policy = api.policy({ scopes: [SCOPE] })
  return async (index) => {
    const place = index % tokens.length
    const headers = { host: 'api.example.com', authorization: `DPoP ${tokens[place]}`, dpop: proofs[place] }
    const outcome = await api.authorize({ method: METHOD, url: PATH, headers }, policy)
    if (outcome.outcome !== 'granted') throw new Error(outcome.reason)
  }
}
