import { connection } from 'next/server'
import { lastDecisions } from '../../lib/operator-log'

/** For this demo: an operator would read codes in a log, and a client never. */
export async function GET(): Promise<Response> {
  await connection()
  return Response.json(lastDecisions(), { headers: { 'Cache-Control': 'no-store' } })
}
