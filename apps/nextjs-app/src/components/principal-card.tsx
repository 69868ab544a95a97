import type { Principal } from '@tokenward/nextjs'

const SOURCES = {
  'local-validation': 'validated here: signature, times, client',
  'revocation-list': 'a complete list of revocations does not name it',
  'cached-answer': 'Cognito was asked before',
  'live-call': 'Cognito was asked for this request',
} as const

/** Who is calling, and why the token counts as not revoked. */
export function PrincipalCard({ principal }: { readonly principal: Principal }) {
  const { subject, clientId, scopes, groups, expiresAt, claims, evidence } = principal
  return (
    <section className="card" aria-labelledby="who">
      <h2 id="who">Who you are</h2>
      <p>As your access token says, which this page has verified.</p>
      <dl className="facts">
        <dt>User</dt>
        <dd>{String(claims['username'])}</dd>
        <dt>Subject</dt>
        <dd className="mono">{subject}</dd>
        <dt>Client</dt>
        <dd className="mono">{clientId}</dd>
        <dt>Groups</dt>
        <dd>{groups.length === 0 ? 'none' : <Tags of={groups} />}</dd>
        <dt>Scopes</dt>
        <dd>
          <Tags of={scopes} />
        </dd>
        <dt>Expires</dt>
        <dd>
          <Time at={expiresAt} />
        </dd>
        <dt>Evidence</dt>
        <dd>
          <code>{evidence.source}</code>
          <br />
          <span className="quiet">{SOURCES[evidence.source]}</span>
        </dd>
        <dt>Good as of</dt>
        <dd>
          {evidence.asOf === undefined ? 'unknown' : <Time at={evidence.asOf} />}
          <br />
          <span className="quiet">{`${((evidence.lagMs ?? 0) / 1_000).toFixed(1)} s before this page was made`}</span>
        </dd>
      </dl>
    </section>
  )
}

function Tags({ of }: { readonly of: readonly string[] }) {
  return (
    <ul className="tags">
      {of.map((tag) => (
        <li key={tag} className="mono">
          {tag}
        </li>
      ))}
    </ul>
  )
}

function Time({ at }: { readonly at: number }) {
  const iso = new Date(at).toISOString()
  return <time dateTime={iso}>{`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`}</time>
}
