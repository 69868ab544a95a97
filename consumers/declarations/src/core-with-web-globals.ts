import {
  createResourceServer,
  type Fetch,
  type PolicyDecisionPoint,
  type ResourceServer,
  type TrustedIssuer,
} from '@tokenward/core'

declare const issuer: TrustedIssuer
declare const request: Request

export const api: ResourceServer = createResourceServer({ issuers: [issuer], fetch, clock: Date })
void api.authorize(request)
export const loggedOut = api
  .backChannelLogout(request)
  .then(({ status, headers, body }) => new Response(body, { status, headers }))

// Wrapped, to add an agent or a header.
export const wrapped: Fetch = (url, init) => fetch(url, { ...init, credentials: 'omit' })
export const faked: Fetch = async (url) => Response.json({ url })

// The signal is passed on as it is.
export const remote: PolicyDecisionPoint = {
  async decide({ action }, { signal }) {
    const response = await fetch(`https://policies.example.com/${action}`, { signal })
    return { decision: response.status === 200 ? 'permit' : 'deny' }
  },
}
