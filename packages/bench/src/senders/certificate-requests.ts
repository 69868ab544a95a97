import {
  authorizationServer,
  certificateBound,
  createResourceServer,
  type ResourceServer,
  type ResourceServerOptions,
} from '@tokenward/core'
import type { Operation } from '../measure/contender.ts'
import { AUDIENCE, ISSUER, SCOPE } from '../tokens.ts'
import { type CertificateSetup, METHOD, PATH } from './sender-setup.ts'

/** Requests over connections that show these certificates; without `isBound` nobody looks at them. */
export async function certificateRequests(setup: CertificateSetup, isBound: boolean): Promise<Operation> {
  const { tokens, certificates, jwks } = setup
  const options: Pick<ResourceServerOptions, 'senderConstraints'> = isBound
    ? { senderConstraints: [certificateBound()] }
    : {}
  const issuers = [authorizationServer({ issuer: ISSUER, audience: AUDIENCE, jwks: jwks as never })] as const
  const api: ResourceServer = createResourceServer({ issuers, ...options })
  const policy = api.policy({ scopes: [SCOPE], ...(isBound && { senderConstrained: 'required' as const }) })
  // As a server of Node hands them over: one record for each connection.
  const shown = certificates.map((pem) => ({ pem, verified: true }))
  const operation = async (index: number) => {
    const headers = { host: 'api.example.com', authorization: `Bearer ${tokens[index % tokens.length]}` }
    const request = { method: METHOD, url: PATH, headers, clientCertificate: shown[index % shown.length] }
    const outcome = await api.authorize(request, policy)
    if (outcome.outcome !== 'granted') throw new Error(outcome.reason)
  }
  // Tokens are remembered when they have come twice; so are certificates, if no more than are remembered come.
  for (let index = 0; index < tokens.length * 3; index += 1) await operation(index)
  return operation
}
