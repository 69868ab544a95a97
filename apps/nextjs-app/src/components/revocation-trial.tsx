'use client'

import { useState } from 'react'
import { Answer, type RouteAnswer } from './route-answer'

interface Step {
  readonly route: string
  readonly path: string
  readonly lag: string
}

const LENIENT: Step = { route: 'read orders', path: '/api/orders', lag: "'token-lifetime'" }
const STRICT: Step = { route: 'read audit', path: '/api/audit', lag: "'0s'" }
const STEPS = [LENIENT, STRICT, LENIENT] as const

type Phase = 'before' | 'running' | 'after' | 'failed'

/** Revokes the login of whoever looks at it, and asks three times. */
export function RevocationTrial({ revoke }: { readonly revoke: () => Promise<boolean> }) {
  const [phase, setPhase] = useState<Phase>('before')
  const [answers, setAnswers] = useState<readonly RouteAnswer[]>([])

  async function run(): Promise<void> {
    setPhase('running')
    if (!(await revoke().catch(() => false))) return setPhase('failed')
    const revokedAt = performance.now()
    for (const step of STEPS) {
      const answer = await ask(step, revokedAt)
      setAnswers((before) => [...before, answer])
    }
    setPhase('after')
  }

  return (
    <section className="card wide" aria-labelledby="trial">
      <h2 id="trial">Revoke yourself</h2>
      <p>
        The button has Cognito end your login, and tells this application nothing. Then it asks a lenient route, a
        strict one, and the lenient one again.
      </p>
      {answers.length === 0 ? null : (
        <ol className="trial" aria-live="polite">
          {answers.map((answer, index) => (
            <Answer key={index} answer={answer} number={index + 1} />
          ))}
        </ol>
      )}
      {phase === 'failed' ? (
        <p className="notice" role="alert">
          Cognito did not end the login. Sign in again, and try once more.
        </p>
      ) : null}
      <p className="row">
        {phase === 'after' ? (
          <>
            <a className="button" href="/auth/sign-in">
              Sign in again
            </a>
            <span className="quiet">
              You may need no password: the page to sign in on has a session of its own, which no revocation ends.
            </span>
          </>
        ) : (
          <button className="button" onClick={() => void run()} disabled={phase === 'running'}>
            {phase === 'running' ? 'Asking …' : 'Revoke me'}
          </button>
        )}
      </p>
    </section>
  )
}

async function ask({ route, path, lag }: Step, revokedAt: number): Promise<RouteAnswer> {
  const response = await fetch(path, { cache: 'no-store' })
  const after = performance.now() - revokedAt
  const body = (await response.json()) as { readonly evidence?: RouteAnswer['evidence'] }
  const told = { path, lag, status: response.status, after, evidence: body.evidence }
  return response.ok ? told : { ...told, reason: await reasonFor(route) }
}

/** What the operator saw; clients are never told. */
async function reasonFor(route: string): Promise<string | undefined> {
  const log = (await (await fetch('/operator', { cache: 'no-store' })).json()) as {
    readonly route?: string
    readonly reason: string
  }[]
  return log.find((entry) => entry.route === route || entry.route === undefined)?.reason
}
