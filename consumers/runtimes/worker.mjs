// A Worker as its author would write it. Its settings come as bindings.
import { createResourceServer } from '@tokenward/core'
import { cognitoUserPool } from '@tokenward/core/cognito'

let api

export default {
  async fetch(request, { userPoolId, endpoint, refreshAfter, timeout }) {
    api ??= createResourceServer({
      issuers: [
        cognitoUserPool({ userPoolId, clientId: 'web', endpoint, refreshAfter, timeout, allowInsecureLoopback: true }),
      ],
    })
    const outcome = await api.authorize(request, { scopes: ['orders/read'] })
    if (outcome.outcome === 'granted') return new Response(outcome.principal.subject)
    return Response.json(
      { ...outcome.body, reason: outcome.reason },
      { status: outcome.status, headers: outcome.headers },
    )
  },
}
