/** Parts joined by dots, as of a JWT. Names end at spaces, slashes, colons and quotes. */
const RUN = /[\w~+=-]+(?:\.[\w~+=-]+)*/g

/** JSON in base64url; or long, with digits among letters; or longer in both cases than any name would be. */
function looksLikeToken(part: string): boolean {
  if (/^eyJ[\w-]{5}/.test(part)) return true
  return part.length >= 20 && (/\d/.test(part) || (part.length >= 32 && /[a-z]/.test(part) && /[A-Z]/.test(part)))
}

/** A text that came with an answer, for a message that may end in a log: what could be a token is left out. */
export function redacted(text: string): string {
  return text.replaceAll(RUN, (run) => (run.split('.').some(looksLikeToken) ? '[redacted]' : run))
}
