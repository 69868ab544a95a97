import { api, currentPrincipal } from '../../../lib/auth'
import { endSession, revokeAtCognito } from '../../../lib/session'

/** Leads out whatever has become of the token: whoever was revoked, or is late, wants to leave as well. */
export async function POST(): Promise<Response> {
  const principal = await currentPrincipal().catch(() => undefined)
  if (principal === undefined) await revokeAtCognito()
  const refreshToken = await endSession()
  // Ends the login on the revocation list first, so that no route takes the token again, and then at Cognito.
  if (principal !== undefined && refreshToken !== undefined) await api().signOut(principal, { refreshToken })
  return new Response(null, { status: 303, headers: { Location: '/' } })
}
