import type { FakeResponse } from '../../endpoints/fake-server.js'
import type { AuthenticationLevel } from '../authentication-levels.js'
import { type Html, html, NOTHING, page } from './page.js'

/** What the sign-in page shows. */
export interface SignInForm {
  readonly clientId: string
  /** The query of the authorization request, which the form sends along. */
  readonly query: string
  readonly level: AuthenticationLevel
  readonly username: string
  /** Why the last attempt failed. */
  readonly problem: string | undefined
}

/** The stand-in for managed login: a form that works without a script, with a keyboard, and with a screen reader. */
export function signInPage({ clientId, query, level, username, problem }: SignInForm): FakeResponse {
  const form = html`
<p>to continue to <code>${clientId}</code></p>
${problem === undefined ? NOTHING : html`<p role="alert" id="problem">${problem}</p>`}
<form method="post" action="/login${query}">
<label for="username">Username</label>
<input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" required${describedBy(problem)}${username === '' ? AUTOFOCUS : NOTHING}>
${level.password ? passwordField(username !== '') : NOTHING}
${level.codeFrom === undefined ? NOTHING : codeField(level.codeFrom)}
<button type="submit">Sign in</button>
</form>`
  return page(problem === undefined ? 200 : 400, 'Sign in', form)
}

const AUTOFOCUS = html` autofocus`

function describedBy(problem: string | undefined): Html {
  return problem === undefined ? NOTHING : html` aria-invalid="true" aria-describedby="problem"`
}

function passwordField(isNext: boolean): Html {
  return html`<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${isNext ? AUTOFOCUS : NOTHING}>`
}

function codeField(from: string): Html {
  return html`<label for="code">Code from ${from}</label>
<span class="hint" id="code-hint">Any six digits: the fake sends none.</span>
<input id="code" name="code" inputmode="numeric" pattern="[0-9]{6}" maxlength="6" autocomplete="one-time-code" required aria-describedby="code-hint">`
}
