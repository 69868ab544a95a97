import { createResourceServer, type Fetch, type ResourceServer, type TrustedIssuer } from '@tokenward/core'

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
