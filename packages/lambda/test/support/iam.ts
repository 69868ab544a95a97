import type { PolicyDocument } from '../../src/index.js'

/** What IAM makes of a document: a denial wins, and what is not allowed is denied. */
export function allows(document: PolicyDocument, request: string): boolean {
  return allowing(document)(request)
}

/** The same for many requests. */
export function allowing({ Statement }: PolicyDocument): (request: string) => boolean {
  const patternsOf = (effect: 'Allow' | 'Deny') =>
    Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Resource }) => Resource.map(expressionOf))
  const [allowed, denied] = [patternsOf('Allow'), patternsOf('Deny')]
  return (request) =>
    allowed.some((pattern) => pattern.test(request)) && !denied.some((pattern) => pattern.test(request))
}

/** `*` is any text, `?` any one character. */
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', String.raw`[\s\S]*`)
    .replaceAll('?', String.raw`[\s\S]`)
  return new RegExp(`^${source}$`, 'u')
}
