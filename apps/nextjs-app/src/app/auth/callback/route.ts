import { redirect } from 'next/navigation'
import type { NextRequest } from 'next/server'
import { completeSignIn } from '../../../lib/session'

export async function GET(request: NextRequest): Promise<never> {
  redirect((await completeSignIn(request.nextUrl.searchParams)) ? '/dashboard' : '/?problem=sign-in')
}
