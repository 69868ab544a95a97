import Link from 'next/link'
import type { ReactNode } from 'react'

/** The top of each page. */
export function SiteHeader({ children }: { readonly children?: ReactNode }) {
  return (
    <header className="bar">
      <Link href="/" className="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path fill="currentColor" d="M16 2 4 6.5v9C4 22.6 9.1 28 16 30c6.9-2 12-7.4 12-14.5v-9z" />
          <path
            fill="none"
            stroke="var(--ground)"
            strokeWidth="2.75"
            strokeLinecap="round"
            strokeLinejoin="round"
            d="m10.5 16 4 4 7.5-8"
          />
        </svg>
        Orders
      </Link>
      {children}
    </header>
  )
}

export function SignOutButton() {
  return (
    <form action="/auth/sign-out" method="post">
      <button className="button plain small">Sign out</button>
    </form>
  )
}
