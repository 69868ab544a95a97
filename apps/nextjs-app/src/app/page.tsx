import type { Metadata } from 'next'
import { SignOutButton, SiteHeader } from '../components/site-header'
import { currentPrincipal } from '../lib/auth'

export const metadata: Metadata = { title: 'Welcome' }

export default async function WelcomePage({ searchParams }: PageProps<'/'>) {
  const [principal, { problem }] = await Promise.all([currentPrincipal(), searchParams])
  return (
    <>
      <SiteHeader>{principal === undefined ? null : <SignOutButton />}</SiteHeader>
      <main id="content">
        <div className="hero">
          <div>
            <h1>How long does a revoked token still work?</h1>
            <p className="lead">
              As long as its route says. Sign in to a fake Cognito, look at who this application takes you for and why,
              and then revoke your own login and watch three routes answer.
            </p>
            {problem === undefined ? null : (
              <p className="notice" role="alert">
                The sign-in was not completed. Please try again.
              </p>
            )}
            <p className="row">
              {principal === undefined ? (
                <a className="button" href="/auth/sign-in">
                  Sign in
                </a>
              ) : (
                <a className="button" href="/dashboard">
                  Open the dashboard
                </a>
              )}
            </p>
            <p className="quiet">
              Try <code>ann</code>, who is a manager, or <code>ben</code>, who is not. The password of both is{' '}
              <code>correct horse</code>.
            </p>
          </div>
          <ol className="card steps">
            <li>
              <div>
                <h2>Checked where the data is</h2>
                <span className="quiet">Every page, handler and server function asks for the token itself.</span>
              </div>
            </li>
            <li>
              <div>
                <h2>One number for each route</h2>
                <span className="quiet">
                  <code>maxRevocationLag</code>: validated here in microseconds, or asked of Cognito each time.
                </span>
              </div>
            </li>
            <li>
              <div>
                <h2>Evidence with every grant</h2>
                <span className="quiet">What showed that the token was not revoked, and as of when.</span>
              </div>
            </li>
          </ol>
        </div>
      </main>
    </>
  )
}
