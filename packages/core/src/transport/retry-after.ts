import type { HttpResponse } from './http-client.js'

/** Seconds of a `Retry-After` (RFC 9110 §10.2.3), which is a number of them or a date; `undefined` without a usable one. */
export function retryAfterOf({ header }: Pick<HttpResponse, 'header'>, now: number): number | undefined {
  const value = header('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value)
  // The one form of a date that is still sent; `Date.parse` alone would take nearly anything.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1_000))
}
