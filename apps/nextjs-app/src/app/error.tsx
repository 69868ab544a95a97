'use client'

import { SiteHeader } from '../components/site-header'

const TEXTS: Readonly<Record<string, readonly [title: string, text: string]>> = {
  'tokenward-401': ['Please sign in again', 'Your token has expired or was revoked.'],
  'tokenward-403': ['This is not for you', 'Your token does not allow what this page does.'],
  'tokenward-503': ['One moment, please', 'Your token cannot be checked right now. You are still signed in.'],
}

/** Next.js tells a browser nothing of an error but its digest. */
export default function ErrorPage({ error, reset }: { readonly error: { readonly digest?: string }; reset(): void }) {
  const [title, text] = TEXTS[error.digest ?? ''] ?? ['Something went wrong', 'The server has the details.']
  return (
    <>
      <SiteHeader />
      <main id="content">
        <h1>{title}</h1>
        <p className="lead">{text}</p>
        <p className="row">
          <a className="button" href="/auth/sign-in">
            Sign in
          </a>
          <button className="button plain" onClick={reset}>
            Try again
          </button>
        </p>
      </main>
    </>
  )
}
