import type { PolicyDocument } from '../../src/index.js'

/** What IAM makes of a document: a denial wins, and what is not allowed is denied. */
export function allows({ Statement }: PolicyDocument, request: string): boolean {
  const by = (effect: 'Allow' | 'Deny') =>
    Statement.some(({ Effect, Resource }) => Effect === effect && Resource.some((pattern) => matches(pattern, request)))
  return by('Allow') && !by('Deny')
}

/** `*` is any text, `?` any one character. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', String.raw`[\s\S]*`)
    .replaceAll('?', String.raw`[\s\S]`)
  return new RegExp(`^${source}$`, 'u').test(text)
}
