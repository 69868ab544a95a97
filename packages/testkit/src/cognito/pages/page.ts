import type { FakeResponse } from '../../endpoints/fake-server.js'

const STYLE = `
:root { color-scheme: light dark; --ink: #16202b; --quiet: #56626f; --ground: #eef1f4; --card: #fff; --line: #8a95a1;
  --edge: #dde2e7; --accent: #1257a8; --on-accent: #fff; --alarm: #a3190f; --alarm-ground: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf1; --quiet: #a5b0bb; --ground: #10161c; --card: #1a222b;
  --line: #75818d; --edge: #2c3742; --accent: #8ec2ff; --on-accent: #06203d; --alarm: #ffb4ab; --alarm-ground: #431b18; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 25rem; padding: 2rem; background: var(--card); border: 1px solid var(--edge);
  border-radius: .875rem; box-shadow: 0 .5rem 2rem rgb(0 0 0 / .08); overflow-wrap: anywhere; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1.25rem; color: var(--quiet); }
p:last-child { margin-bottom: 0; }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
.hint { display: block; margin-bottom: .25rem; color: var(--quiet); font-size: .875rem; }
input { width: 100%; margin-bottom: 1.25rem; padding: .625rem .75rem; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
button { width: 100%; padding: .75rem; font: inherit; font-weight: 600; color: var(--on-accent);
  background: var(--accent); border: 1px solid transparent; border-radius: .5rem; cursor: pointer; }
button:hover { filter: brightness(1.1); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role=alert] { margin-top: 1rem; padding: .75rem 1rem; color: var(--alarm); background: var(--alarm-ground); border-radius: .5rem; }
code { font: .875em ui-monospace, monospace; color: var(--ink); }
footer { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--edge); color: var(--quiet);
  font-size: .875rem; }
`

/** HTML that is markup, not text. */
export interface Html {
  readonly markup: string
}

/** Escapes whatever is put in, unless that is HTML itself. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const written = values.map((value) => (typeof value === 'string' ? escaped(value) : value.markup))
  return { markup: parts.map((part, index) => part + (written[index] ?? '')).join('') }
}

export const NOTHING: Html = { markup: '' }

/** A page for a browser, with no script and nothing to load. */
export function page(status: number, title: string, content: Html): FakeResponse {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
<footer>A fake user pool, for tests. Use no password of yours here.</footer>
</main>
</body>
</html>
`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: markup,
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
