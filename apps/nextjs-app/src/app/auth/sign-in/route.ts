import { redirect } from 'next/navigation'
import { beginSignIn } from '../../../lib/session'

export async function GET(): Promise<never> {
  redirect((await beginSignIn()).href)
}
