import type { HttpResponse } from './http-client.js'

/**
 * Milliseconds for which a server says that its answer stays good (`max-age`, RFC 9111 §5.2.2.1, less the `Age` it has
 * already, §5.1); `undefined` where it does not say, or says `no-cache` or `no-store`, as frameworks do of everything.
 */
export function freshnessOf({ header }: Pick<HttpResponse, 'header'>): number | undefined {
  const directives = (header('cache-control') ?? '').toLowerCase().split(',')
  let seconds: number | undefined
  for (const directive of directives) {
    const [name = '', value = ''] = directive.trim().split('=', 2)
    if (name === 'no-cache' || name === 'no-store') return undefined
    // Of two that contradict each other, the one that trusts the answer less (§4.2.1).
    if (name === 'max-age') seconds = Math.min(seconds ?? Infinity, wholeSeconds(value) ?? 0)
  }
  if (seconds === undefined) return undefined
  return Math.max(0, seconds - (wholeSeconds(header('age') ?? '') ?? 0)) * 1_000
}

function wholeSeconds(value: string): number | undefined {
  const digits = /^"?(\d{1,10})"?$/.exec(value.trim())?.[1]
  return digits === undefined ? undefined : Number(digits)
}
