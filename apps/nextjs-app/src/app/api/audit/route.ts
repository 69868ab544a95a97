import { readAudit, withAuth } from '../../../lib/auth'

export const GET = withAuth(
  readAudit,
  (_request, { principal }) => Response.json({ entries: 3, evidence: principal.evidence }),
  { acceptCookie: true },
)
