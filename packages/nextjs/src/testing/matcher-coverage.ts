import { type Proxy, RULE_PATHS } from '../create-proxy.js'

/** The `config` that stands beside a proxy in `proxy.ts`. */
export interface MatcherConfig {
  /** As Next.js takes it. Without it the proxy runs for every request. */
  readonly matcher?: string | readonly (string | MatcherEntry)[]
}

interface MatcherEntry {
  readonly source: string
  readonly locale?: false | undefined
  readonly has?: readonly unknown[] | undefined
  readonly missing?: readonly unknown[] | undefined
}

/** The part of `next.config` that decides which requests a matcher sees. */
export interface MatcherCoverageOptions {
  /** `basePath`, as in `next.config`. Default none. */
  readonly basePath?: string | undefined
  /** `i18n`, as in `next.config`. Default none. */
  readonly i18n?: { readonly locales: readonly string[]; readonly defaultLocale: string } | undefined
}

/**
 * Shows that every path of a proxy's rules reaches the proxy, by what Next.js itself makes of the matcher: each rule's page
 * and what may lie below it, deep, long and with any character, tried with every word that stands in the matcher, as folder, as file and as ending; in the
 * forms in which browsers ask for data of pages; for each locale. Entries with `has` or `missing` count for nothing, as the
 * client decides about those.
 *
 * @throws Error naming paths that a rule covers and the matcher leaves out; TypeError for a function that is no proxy.
 */
export async function assertMatcherCovers(
  proxy: Proxy,
  config: MatcherConfig,
  { basePath = '', i18n }: MatcherCoverageOptions = {},
): Promise<void> {
  const rules = (proxy as Partial<Record<typeof RULE_PATHS, readonly string[]>>)[RULE_PATHS]
  if (rules === undefined) throw new TypeError('assertMatcherCovers: takes what createProxy() returned')
  if (config.matcher === undefined) return
  const { unstable_doesMiddlewareMatch: matches } = await import('next/experimental/testing/server.js')
  const matcher = entriesOf(config.matcher)
  const nextConfig = { basePath, ...(i18n !== undefined && { i18n: { ...i18n, locales: [...i18n.locales] } }) }
  const urls = rules
    .flatMap((rule) => pathsUnder(rule, wordsIn(matcher)))
    .flatMap((path) => (i18n?.locales ?? ['']).map((locale) => (locale === '' ? path : `/${locale}${path}`)))
    .flatMap(formsOf)
    .map((path) => `${basePath}${path}`)
  const leftOut = urls.filter((url) => matcher.length === 0 || !matches({ config: { matcher }, url, nextConfig }))
  if (leftOut.length === 0) return
  const more = leftOut.length > 5 ? `, and ${leftOut.length - 5} more` : ''
  throw new Error(
    `the matcher leaves out paths that rules of the proxy cover: ${leftOut.slice(0, 5).join(', ')}${more}`,
  )
}

function entriesOf(matcher: NonNullable<MatcherConfig['matcher']>) {
  return [matcher]
    .flat()
    .map((entry) => (typeof entry === 'string' ? { source: entry } : entry))
    .filter(({ has, missing }) => has === undefined && missing === undefined)
    .map(({ source, locale }) => ({ source, ...(locale === false && { locale }) }))
}

/** What a matcher makes exceptions for stands in it. */
function wordsIn(matcher: readonly { readonly source: string }[]): readonly string[] {
  return [...new Set(matcher.flatMap(({ source }) => source.replaceAll('\\', '').match(/[\w.-]+/g) ?? []))]
}

/** What a matcher may have no room for: many folders, long names, and whatever else there is than small letters. */
const USUAL: readonly string[] = [
  'a',
  '7',
  'a/b',
  'a.b',
  'a/b/c/d/e/f/g/h/i/j/k/l',
  '123',
  '1234567890',
  '2026-01-31',
  '0f8fad5b-d9cb-469f-a165-70867728950e',
  'A_b-C~d',
  'a@b,c+d=e',
  '%C3%A4%20%2F',
  'a'.repeat(300),
]

function pathsUnder(rule: string, words: readonly string[]): readonly string[] {
  const base = rule === '/' ? '' : rule
  const below = [...USUAL, ...words.flatMap((word) => wordForms(word.replace(/^\.+/, '')))]
  return [rule, ...below.map((path) => `${base}/${path}`)]
}

function wordForms(word: string): readonly string[] {
  return [word, `${word}/a`, `a/${word}`, `a.${word}`, `a/b.${word}`, `${word}a`]
}

/** The page, and its data for the App Router and the Pages Router. */
function formsOf(path: string): readonly string[] {
  const page = path === '/' ? '/index' : path
  return [path, `${page}.rsc`, `${page}.segments/_tree.segment.rsc`, `/_next/data/build${page}.json`]
}
