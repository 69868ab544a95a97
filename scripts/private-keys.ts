import { createPrivateKey } from 'node:crypto'
import { gunzipSync } from 'node:zlib'

/** Where somebody wrote a private key down, and in what form; never the key. */
export interface FoundKey {
  readonly file: string
  readonly form: 'PEM' | 'JWK' | 'DER'
}

/** Looks through every file of a packed package. */
export function privateKeysInTarball(tarball: Buffer): readonly FoundKey[] {
  return filesIn(gunzipSync(tarball)).flatMap(({ file, text }) => privateKeysIn(file, text))
}

/**
 * Finds private keys in the literals of a source file, however they are written: escaped, once more as JSON in a string, in
 * pieces that are put together, with or without the lines of PEM around them.
 */
export function privateKeysIn(file: string, text: string): readonly FoundKey[] {
  const forms = new Set<FoundKey['form']>()
  for (const reading of readingsOf(text)) {
    // With a key in it, which begins as every sequence of DER does; code that writes PEM has the lines around it alone.
    if (/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[^A-Za-z]*M[A-Za-z\d+/]/.test(reading)) forms.add('PEM')
    // RFC 7518 §6.2.2 and §6.3.2, RFC 8037 §2. Nothing else of that name is as long, and without a space.
    if (/(?:["'`]d["'`]\]?|\bd)\s*[:=]\s*["'`][\w-]{40,}/.test(reading)) forms.add('JWK')
    if (isDerIn(reading)) forms.add('DER')
  }
  return [...forms].map((form) => ({ file, form }))
}

/** The text as it stands, and as it reads when it is taken out of its literals. */
function readingsOf(text: string): ReadonlySet<string> {
  const readings = new Set([text])
  let unescaped = text
  for (let depth = 0; depth < 3; depth += 1) {
    unescaped = unescape(unescaped)
    readings.add(unescaped)
    readings.add(joined(unescaped))
  }
  return readings
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' }

function unescape(text: string): string {
  return text.replaceAll(/\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\}|([^]))/gi, (_, x, u, braced, other) => {
    const code: string | undefined = x ?? u ?? braced
    if (code === undefined) return ESCAPES[other] ?? other
    const point = Number.parseInt(code, 16)
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : ''
  })
}

/** Pieces of text that are added, or listed one after the other. */
function joined(text: string): string {
  return text.replaceAll(/["'`]\s*[+,]\s*["'`]/g, '')
}

function isDerIn(text: string): boolean {
  const compact = text.replaceAll(/\s+/g, '')
  const encoded: readonly (readonly [RegExp, 'hex' | 'base64'])[] = [
    [/[\da-f]{96,}/gi, 'hex'],
    // The shortest, of Ed25519, takes 64.
    [/[A-Za-z\d+/_-]{60,}/g, 'base64'],
  ]
  return encoded.some(([pattern, encoding]) =>
    [...compact.matchAll(pattern)].some(([run]) => isPrivateKey(Buffer.from(run, encoding))),
  )
}

function isPrivateKey(der: Buffer): boolean {
  // A sequence, as all of them are.
  if (der[0] !== 0x30) return false
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      return createPrivateKey({ key: der, format: 'der', type }).type === 'private'
    } catch {
      return false
    }
  })
}

const BLOCK = 512

/** The files of a tar archive: each is a header, and its bytes in whole blocks. */
function filesIn(tar: Buffer): readonly { readonly file: string; readonly text: string }[] {
  const files = []
  const field = (at: number, start: number, end: number) =>
    tar.toString('latin1', at + start, at + end).replace(/\0.*$/s, '')
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const size = Number.parseInt(field(at, 124, 136), 8)
    if (!Number.isSafeInteger(size)) throw new Error('The tarball cannot be read')
    const start = at + BLOCK
    files.push({ file: field(at, 0, 100), text: tar.toString('latin1', start, start + size) })
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}
