import { api, withAuth } from '../../../lib/auth'
import { endSession } from '../../../lib/session'

/** Ends the login on the revocation list first, so that no route takes the token again, and then at Cognito. */
export const POST = withAuth(
  {},
  async (_request, { principal }) => {
    const refreshToken = await endSession()
    if (refreshToken !== undefined) await api().signOut(principal, { refreshToken })
    return new Response(null, { status: 303, headers: { Location: '/' } })
  },
  { acceptCookie: true },
)
