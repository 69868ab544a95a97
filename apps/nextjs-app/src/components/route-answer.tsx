import type { Evidence } from '@tokenward/nextjs'

/** What a route said after the revocation. */
export interface RouteAnswer {
  readonly path: string
  /** Its `maxRevocationLag`. */
  readonly lag: string
  readonly status: number
  /** Milliseconds since Cognito had ended the login. */
  readonly after: number
  readonly evidence?: Evidence | undefined
  /** As the operator sees it. */
  readonly reason?: string | undefined
}

export function Answer({ answer, number }: { readonly answer: RouteAnswer; readonly number: number }) {
  const { path, lag, status, after, reason } = answer
  const outcome = status === 200 ? 'granted' : 'refused'
  return (
    <li className={outcome}>
      <h3>
        <span className="quiet">{`${number}. `}</span>
        <code>{`GET ${path}`}</code>
      </h3>
      <p className="quiet">
        maxRevocationLag <code>{lag}</code>
      </p>
      <p>
        <span className={`state ${outcome}`}>{`${outcome === 'granted' ? '✓ Granted' : '✕ Refused'}, ${status}`}</span>
      </p>
      <p className="lag">
        {`${Math.round(after)} ms`} <small>after the revocation</small>
      </p>
      <p className="why">{whyOf(answer, number)}</p>
      {reason === undefined ? null : (
        <p className="why">
          The operator sees <code>{reason}</code>; the client is told that the token is invalid.
        </p>
      )}
    </li>
  )
}

function whyOf({ evidence, status }: RouteAnswer, number: number): string {
  if (evidence !== undefined) {
    const seconds = ((evidence.lagMs ?? 0) / 1_000).toFixed(1)
    return `Nobody was asked: the token is valid here, and good as of ${seconds} s before. That is all this route wants to know.`
  }
  if (status !== 401) return 'The route could not decide.'
  return number === 2
    ? 'This route has Cognito asked for every request, and Cognito said that the login has ended.'
    : 'What Cognito said is remembered, and revoked is final, on every route.'
}
