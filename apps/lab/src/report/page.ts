import { chart, type Palette } from './chart.ts'
import { COLUMNS } from './columns.ts'
import { explanationsOf } from './explanations.ts'
import type { LabResults } from './results.ts'

const LIGHT: Palette = {
  text: '#27303f',
  line: '#b9c1cd',
  series: { 'Cognito JWT': '#0b66c3', opaque: '#b4540a' },
}
const DARK: Palette = {
  text: '#dde3ec',
  line: '#4a5464',
  series: { 'Cognito JWT': '#6cb6ff', opaque: '#ffa657' },
}

const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --text: ${LIGHT.text}; --line: ${LIGHT.line}; --soft: #f3f5f8 }
.dark { display: none }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181f; --text: ${DARK.text}; --line: ${DARK.line}; --soft: #1d232d }
  .light { display: none }
  .dark { display: block }
}
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 66rem; background: var(--page); color: var(--text);
  font: 1rem/1.6 system-ui, sans-serif }
h1 { font-size: 1.6rem; line-height: 1.25 }
figure { margin: 1.5rem 0; overflow-x: auto }
svg { display: block; width: 100%; min-width: 40rem; height: auto }
.table { overflow-x: auto }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums }
th, td { padding: 0.4rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
td.short { white-space: nowrap }
td:last-child { min-width: 11rem }
th { background: var(--soft) }
code { font-family: ui-monospace, monospace; font-size: 0.95em }
`

/** One page that needs nothing but itself, in the reader's light or dark. */
export function page(results: LabResults): string {
  const { settings } = results
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tokenward: latency against revocation lag</title>
<style>${STYLE}</style>
</head>
<body>
<h1>What each <code>maxRevocationLag</code> costs, and what it gives</h1>
<p>The lower a setting stands, the less a request waits; the further left, the sooner a revoked token is refused. The table
below has the same figures.</p>
<figure>
${figure('light', results, LIGHT)}
${figure('dark', results, DARK)}
</figure>
<div class="table"><table>
<thead><tr>${COLUMNS.map(({ heading }) => `<th scope="col">${html(heading)}</th>`).join('')}</tr></thead>
<tbody>
${settings.map((result) => `<tr>${COLUMNS.map(({ cell }) => tableCell(cell(result))).join('')}</tr>`).join('\n')}
</tbody>
</table></div>
${explanationsOf(results)
  .map((text) => `<p>${html(text)}</p>`)
  .join('\n')}
</body>
</html>
`
}

function figure(theme: 'light' | 'dark', { settings }: LabResults, palette: Palette): string {
  const label = 'Chart: latency of each setting against its longest measured revocation lag'
  return `<div class="${theme}" role="img" aria-label="${label}">${chart(settings, palette)}</div>`
}

/** Figures stay on one line; words may wrap. */
function tableCell(text: string): string {
  return `<td${text.length < 16 ? ' class="short"' : ''}>${html(text)}</td>`
}

/** Backquotes mark code, as in Markdown. */
function html(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.replaceAll(/`([^`]*)`/g, '<code>$1</code>')
}
